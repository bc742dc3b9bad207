import { deflateRawSync } from 'node:zlib';
import { binary, close, continuation, ping, type RawFrame, text } from '../peer/frame.ts';
import { fragments, type Seen } from '../peer/peer.ts';
import type { FrameCase } from '../suite/case.ts';
import { closes, echoed, fails, ponged } from './expect.ts';

// Compressed frames as bytes. The public suite has no such group; this one is ours, most of it the examples of
// RFC 7692 §7.2.3.

const bytes = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');
/** RSV1: the message is compressed. */
const rsv1 = 4;
const hello = bytes('f2 48 cd c9 c9 07 00');
/** "Hello" again, as five bytes back in the window. */
const helloAgain = bytes('f2 00 11 00 00');
const compressed = (payload: Buffer) => text(payload, { rsv: rsv1 });
const first = (payload: Buffer) => text(payload, { rsv: rsv1, fin: false });

type Entry = Pick<FrameCase, 'title' | 'send' | 'expect' | 'ending'>;
const good = (title: string, send: RawFrame[], expect: Seen[]): Entry => ({
  title,
  send,
  expect,
  ending: closes,
});
const bad = (title: string, send: RawFrame[], ...codes: number[]): Entry => ({
  title,
  send,
  expect: [],
  ending: fails(...codes),
});

const entries: Entry[] = [
  good('one frame (§7.2.3.1)', [compressed(hello)], [echoed('Hello')]),
  good(
    'two fragments (§7.2.3.1)',
    [first(hello.subarray(0, 3)), continuation(hello.subarray(3))],
    [echoed('Hello')],
  ),
  good(
    'a message that points back into the one before (§7.2.3.2)',
    [compressed(hello), compressed(helloAgain)],
    [echoed('Hello'), echoed('Hello')],
  ),
  good(
    'a block that is not compressed (§7.2.3.3)',
    [compressed(bytes('00 05 00 fa ff 48 65 6c 6c 6f 00'))],
    [echoed('Hello')],
  ),
  good(
    'a block that says it is the last (§7.2.3.4)',
    [compressed(bytes('f3 48 cd c9 c9 07 00 00'))],
    [echoed('Hello')],
  ),
  good(
    'the same, and a message after it',
    [compressed(bytes('f3 48 cd c9 c9 07 00 00')), compressed(hello)],
    [echoed('Hello'), echoed('Hello')],
  ),
  good(
    'two blocks (§7.2.3.5)',
    [compressed(bytes('f2 48 05 00 00 00 ff ff ca c9 c9 07 00'))],
    [echoed('Hello')],
  ),
  good('an empty message (§7.2.3.6)', [compressed(bytes('00'))], [echoed('')]),
  good('a message that is not compressed', [text('Hello')], [echoed('Hello')]),
  good(
    'a message that is not compressed between two that are: the window is theirs alone',
    [compressed(hello), text('World'), compressed(helloAgain)],
    [echoed('Hello'), echoed('World'), echoed('Hello')],
  ),
  good('a fragment a byte', fragments('text', hello, 1, rsv1), [echoed('Hello')]),
  good(
    'empty fragments around',
    [first(Buffer.alloc(0)), continuation(hello, { fin: false }), continuation('')],
    [echoed('Hello')],
  ),
  good(
    'a ping between two fragments',
    [first(hello.subarray(0, 3)), ping('ping'), continuation(hello.subarray(3))],
    [ponged('ping'), echoed('Hello')],
  ),
  bad(
    'RSV1 on a continuation',
    [first(hello.subarray(0, 3)), continuation(hello.subarray(3), { rsv: rsv1 })],
    1002,
  ),
  bad('RSV1 on a ping', [ping('', { rsv: rsv1 })], 1002),
  bad('RSV1 on a Close', [{ ...close(1000), rsv: rsv1 }], 1002),
  bad('RSV1 and RSV2', [text(hello, { rsv: 6 })], 1002),
  bad('RSV3 alone', [text(hello, { rsv: 1 })], 1002),
  bad('bytes that are no DEFLATE', [compressed(bytes('ff ff ff ff ff'))], 1002, 1007),
  bad('a message that points back before the first', [compressed(helloAgain)], 1002, 1007),
  bad('text that inflates to what is not UTF-8', [compressed(bytes('fa ff 0f 00'))], 1007),
];

/** 96 MiB in 100 KiB: more than the limit that the programs under test are started with. */
const bomb: FrameCase = {
  ...{ kind: 'frames', title: 'a message that inflates to 96 MiB', expect: [], ending: fails(1009) },
  id: `14.1.${entries.length + 1}`,
  // Made when it is needed: it takes a moment.
  get send() {
    return [binary(deflateRawSync(Buffer.alloc(96 * 1024 * 1024)), { rsv: rsv1 })];
  },
  compression: [{ noContextTakeover: false, maxWindowBits: 0 }],
};

export const deflateFrames: FrameCase[] = [
  ...entries.map(
    (entry, index): FrameCase => ({
      ...entry,
      kind: 'frames',
      id: `14.1.${index + 1}`,
      compression: [{ noContextTakeover: false, maxWindowBits: 0 }],
    }),
  ),
  bomb,
];
