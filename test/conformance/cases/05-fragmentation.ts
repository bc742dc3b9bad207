import { continuation, ping, pong, type RawFrame, text } from '../peer/frame.ts';
import type { Cut, Seen } from '../peer/peer.ts';
import type { FrameCase } from '../suite/case.ts';
import { closes, echoed, fails, ponged, waited } from './expect.ts';

const more = { fin: false };
const message = [text('fragment1', more), continuation('fragment2')];
const aroundPing = [text('fragment1', more), ping('ping payload'), continuation('fragment2')];
const joined = echoed('fragment1fragment2');
const hello = text('Hello, world!');
const strayLast = [continuation('non-continuation payload'), hello];
const strayFirst = [continuation('non-continuation payload', more), hello];

/** The three ways the public suite cuts the same frames. */
const cuts: readonly [how: string, cut: Cut][] = [
  ['', 'whole'],
  [', a write a frame', 'frames'],
  [', byte by byte', 1],
];

/** The same frames in all three cuts, from number `first` on. */
function thrice(first: number, title: string, send: RawFrame[], expect: Seen[], ending: FrameCase['ending']) {
  return cuts.map(([how, cut], index) => ({
    id: `5.${first + index}`,
    title: title + how,
    send,
    cut,
    expect,
    ending,
  }));
}

/** The first ping must be answered while the message is still coming. */
const slow = (id: string, how: string, cut: Cut): Omit<FrameCase, 'kind'> => ({
  id,
  title: `text in five fragments, two pings and a wait between them${how}`,
  send: [
    text('fragment1', more),
    continuation('fragment2', more),
    ping('pongme 1!'),
    1000,
    continuation('fragment3', more),
    continuation('fragment4', more),
    ping('pongme 2!'),
    continuation('fragment5'),
  ],
  cut,
  expect: [
    ponged('pongme 1!'),
    waited,
    ponged('pongme 2!'),
    echoed('fragment1fragment2fragment3fragment4fragment5'),
  ],
  ending: closes,
});

const broken = (id: string, title: string, send: RawFrame[]): Omit<FrameCase, 'kind'> => ({
  id,
  title,
  send,
  expect: [],
  ending: fails(1002),
});

const twice = (first: RawFrame) => [
  ...[first, text('fragment2', more), continuation('fragment3')],
  ...[first, text('fragment2', more), continuation('fragment3')],
];

const cases: Omit<FrameCase, 'kind'>[] = [
  broken('5.1', 'a ping in two fragments', [ping('fragment1', more), continuation('fragment2')]),
  broken('5.2', 'a pong in two fragments', [pong('fragment1', more), continuation('fragment2')]),
  ...thrice(3, 'text in two fragments', message, [joined], closes),
  ...thrice(6, 'a ping between two fragments', aroundPing, [ponged('ping payload'), joined], closes),
  ...thrice(9, 'a last continuation of nothing, then text', strayLast, [], fails(1002)),
  ...thrice(12, 'a first continuation of nothing, then text', strayFirst, [], fails(1002)),
  {
    id: '5.15',
    title: 'text in two fragments, a continuation of nothing, text',
    send: [...message, continuation('fragment3', more), text('fragment4')],
    expect: [joined],
    lenient: [],
    ending: fails(1002),
  },
  broken(
    '5.16',
    'twice: a first continuation of nothing, text in two fragments',
    twice(continuation('fragment1', more)),
  ),
  broken(
    '5.17',
    'twice: a last continuation of nothing, text in two fragments',
    twice(continuation('fragment1')),
  ),
  broken('5.18', 'text in two fragments that both say text', [text('fragment1', more), text('fragment2')]),
  slow('5.19', '', 'whole'),
  slow('5.20', ', a write a frame', 'frames'),
];

export const fragmentation: FrameCase[] = cases.map((test) => ({ kind: 'frames', ...test }));
