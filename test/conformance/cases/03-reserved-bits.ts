import { binary, close, ping, text } from '../peer/frame.ts';
import type { Cut } from '../peer/peer.ts';
import type { FrameCase } from '../suite/case.ts';
import { echoed, fails } from './expect.ts';

const hello = 'Hello, world!';
const bytes = Buffer.from('00fffefdfcfb00ff', 'hex');

/** A sound message, one with reserved bits, a ping: the echo should come before the end, and no pong. */
function afterMessage(id: string, rsv: number, how: string, cut?: Cut): Omit<FrameCase, 'kind'> {
  return {
    id,
    title: `text, text with RSV ${rsv}, ping${how}`,
    send: [text(hello), text(hello, { rsv }), ping()],
    cut,
    expect: [echoed(hello)],
    lenient: [],
    ending: fails(1002),
  };
}

const alone = (id: string, title: string, frame: FrameCase['send'][number]): Omit<FrameCase, 'kind'> => ({
  id,
  title,
  send: [frame],
  expect: [],
  ending: fails(1002),
});

const cases = [
  alone('3.1', 'text with RSV 1', text(hello, { rsv: 1 })),
  afterMessage('3.2', 2, ''),
  afterMessage('3.3', 3, ', a write a frame', 'frames'),
  afterMessage('3.4', 4, ', byte by byte', 1),
  alone('3.5', 'binary with RSV 5', binary(bytes, { rsv: 5 })),
  alone('3.6', 'ping with RSV 6', ping(hello, { rsv: 6 })),
  alone('3.7', 'Close with RSV 7', { ...close(), rsv: 7 }),
];

export const reservedBits: FrameCase[] = cases.map((test) => ({ kind: 'frames', ...test }));
