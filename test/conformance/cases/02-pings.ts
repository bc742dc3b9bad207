import { close, ping, pong } from '../peer/frame.ts';
import type { FrameCase } from '../suite/case.ts';
import { answers, closes, fails, ponged } from './expect.ts';

const bytes = Buffer.from('00fffefdfcfb00ff', 'hex');
const longest = Buffer.alloc(125, 0xfe);
const ten = Array.from({ length: 10 }, (_, index) => `payload-${index}`);
const unsolicited = 'unsolicited pong payload';

const cases: Omit<FrameCase, 'kind'>[] = [
  { id: '2.1', title: 'a ping without payload', send: [ping()], expect: [ponged()], ending: closes },
  {
    id: '2.2',
    title: 'a ping with text',
    send: [ping('Hello, world!')],
    expect: [ponged('Hello, world!')],
    ending: closes,
  },
  {
    id: '2.3',
    title: 'a ping with bytes that are not UTF-8',
    send: [ping(bytes)],
    expect: [ponged(bytes)],
    ending: closes,
  },
  {
    id: '2.4',
    title: 'a ping of 125 bytes',
    send: [ping(longest)],
    expect: [ponged(longest)],
    ending: closes,
  },
  {
    id: '2.5',
    title: 'a ping of 126 bytes',
    send: [ping(Buffer.alloc(126, 0xfe))],
    expect: [],
    ending: fails(1002),
  },
  {
    id: '2.6',
    title: 'a ping of 125 bytes, byte by byte',
    send: [ping(longest)],
    cut: 1,
    expect: [ponged(longest)],
    ending: closes,
  },
  {
    id: '2.7',
    title: 'a pong nobody asked for, then a Close',
    send: [pong(), close(1000)],
    expect: [],
    ending: answers(1000),
  },
  {
    id: '2.8',
    title: 'a pong with payload nobody asked for, then a Close',
    send: [pong(unsolicited), close(1000)],
    expect: [],
    ending: answers(1000),
  },
  {
    id: '2.9',
    title: 'a pong nobody asked for, then a ping',
    send: [pong(unsolicited), ping('ping payload')],
    expect: [ponged('ping payload')],
    ending: closes,
  },
  {
    id: '2.10',
    title: 'ten pings',
    send: ten.map((payload) => ping(payload)),
    expect: ten.map((payload) => ponged(payload)),
    ending: closes,
  },
  {
    id: '2.11',
    title: 'ten pings, byte by byte',
    send: ten.map((payload) => ping(payload)),
    cut: 1,
    expect: ten.map((payload) => ponged(payload)),
    ending: closes,
  },
];

export const pings: FrameCase[] = cases.map((test) => ({ kind: 'frames', ...test }));
