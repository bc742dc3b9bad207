import { deflateRawSync } from 'node:zlib';
import type { FrameSpec } from '../support/frames.ts';

/** The message whose fragments are coming. */
export interface OpenMessage {
  kind: 'none' | 'text' | 'binary' | 'compressed';
  /** How many came. */
  fragments: number;
}

/** One rule to break, and the close code that answers it. */
export interface Fault {
  what: string;
  code: 1002 | 1007 | 1009;
  /**
   * Frames without keys, of which the last breaks the rule; none where that would break another as well.
   * `variant` chooses between ways of doing it.
   */
  frames(open: OpenMessage, variant: number): FrameSpec[];
  /** The frame is masked where it must not be, and not where it must. */
  turnsMask?: true;
}

const text = Buffer.from('Hello');
const binary = (length: number) => new Uint8Array(length).fill(0xab);
/** The opcode of a data frame that may come now. */
const next = ({ kind }: OpenMessage) => (kind === 'none' ? 2 : 0);
/** A frame that comes well whatever is open; it leaves it open. */
const start = (open: OpenMessage): FrameSpec => ({ opcode: next(open), fin: false });
const oneOf = <T>(choices: readonly T[], variant: number): T => choices[variant % choices.length];
const close = (code: number, reason: string | Uint8Array = '') =>
  Buffer.concat([Buffer.of(code >> 8, code & 0xff), Buffer.from(reason)]);
/** No text goes on like this: RFC 3629 §4. */
const neverUtf8 = [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0x41, 0x80, 0x80]];

const faults: readonly Fault[] = [
  {
    what: 'a reserved opcode (RFC 6455 §5.2)',
    code: 1002,
    frames: (_, variant) => [{ opcode: oneOf([3, 4, 5, 6, 7, 11, 12, 13, 14, 15], variant) }],
  },
  {
    what: 'RSV2 or RSV3 (§5.2)',
    code: 1002,
    frames: (open, variant) => [{ opcode: oneOf([next(open), 9], variant), rsv: 1 + (variant % 3) }],
  },
  {
    what: 'a mask where none may be, or none where one must be (§5.1)',
    code: 1002,
    frames: (open, variant) => [{ opcode: oneOf([next(open), 8, 9, 10], variant), payload: binary(5) }],
    turnsMask: true,
  },
  {
    what: 'a length not in its shortest form (§5.2)',
    code: 1002,
    frames: (open, variant) => {
      const length = oneOf([0, 1, 125, 126, 65_535], variant);
      const form = length < 126 && variant % 2 ? 16 : 64;
      return [{ opcode: next(open), payload: binary(length), form }];
    },
  },
  {
    what: 'the top bit of a 64-bit length (§5.2)',
    code: 1002,
    frames: (open, variant) => [{ opcode: next(open), length: 2n ** 63n + BigInt(variant), form: 64 }],
  },
  {
    what: 'a length above the safe integers (§10.4)',
    code: 1009,
    frames: (open, variant) => [{ opcode: next(open), length: 2n ** BigInt(53 + (variant % 10)) }],
  },
  {
    what: 'a frame longer than the limit (§10.4)',
    code: 1009,
    frames: (open, variant) => [{ opcode: next(open), length: 100_001 + variant }],
  },
  {
    what: 'a control frame in fragments (§5.5)',
    code: 1002,
    frames: (_, variant) => [{ opcode: 8 + (variant % 3), fin: false }],
  },
  {
    what: 'a control frame of more than 125 bytes (§5.5)',
    code: 1002,
    frames: (_, variant) => [
      { opcode: 8 + (variant % 3), payload: close(1000, 'a'.repeat(124 + (variant % 70_000))) },
    ],
  },
  {
    what: 'a continuation of nothing, or a new message inside another (§5.4)',
    code: 1002,
    frames: ({ kind }, variant) => [
      { opcode: kind === 'none' ? 0 : 1 + (variant % 2), payload: text, fin: variant % 3 > 0 },
    ],
  },
  {
    what: 'text that is not UTF-8 (§8.1)',
    code: 1007,
    frames: ({ kind }, variant) => {
      const payload = Buffer.from(oneOf(neverUtf8, variant));
      const fin = variant % 2 > 0;
      if (kind === 'none') return [{ opcode: 1, payload, fin }];
      if (kind === 'compressed') return [];
      const rest: FrameSpec[] = kind === 'binary' ? [{ opcode: 0 }, { opcode: 1, fin: false }] : [];
      // What came before may have ended within a character, which these bytes do not complete either.
      return [...rest, { opcode: 0, payload, fin }];
    },
  },
  {
    what: 'text that ends within a character (§8.1)',
    code: 1007,
    frames: ({ kind }, variant) => {
      const payload = Buffer.from('a😀').subarray(0, 2 + (variant % 3));
      if (kind === 'none') return [{ opcode: 1, payload }];
      if (kind === 'text') return [{ opcode: 0, payload }];
      if (kind === 'compressed') return [];
      return [{ opcode: 0 }, { opcode: 1, payload, fin: false }, { opcode: 9 }, { opcode: 0 }];
    },
  },
  {
    what: 'a message longer than the limit, in fragments (§10.4)',
    code: 1009,
    frames: ({ kind }) =>
      kind === 'none'
        ? [
            { opcode: 2, payload: binary(90_000), fin: false },
            { opcode: 0, payload: binary(90_000) },
          ]
        : [],
  },
  {
    what: 'a message in more fragments than the limit (§10.4)',
    code: 1009,
    frames: (open) => {
      const first = open.kind === 'none' ? [start(open)] : [];
      const count = 17 - Math.max(open.fragments, 1);
      return [...first, ...Array.from({ length: count }, () => ({ opcode: 0, fin: false }))];
    },
  },
  {
    what: 'a close payload of one byte (§5.5.1)',
    code: 1002,
    frames: (_, variant) => [{ opcode: 8, payload: Buffer.of(variant & 0xff) }],
  },
  {
    what: 'a close code that may not travel (§7.4)',
    code: 1002,
    frames: (_, variant) => [
      {
        opcode: 8,
        payload: close(oneOf([0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535], variant), 'why'),
      },
    ],
  },
  {
    what: 'a close reason that is not UTF-8 (§5.5.1)',
    code: 1007,
    frames: (_, variant) => [
      { opcode: 8, payload: close(1000, Buffer.from(oneOf([...neverUtf8, [0xe2, 0x82]], variant))) },
    ],
  },
];

/** Where no extension was negotiated. */
export const faultsWithoutExtension: readonly Fault[] = [
  ...faults,
  {
    what: 'RSV1 without an extension (§5.2)',
    code: 1002,
    frames: (open, variant) => [{ opcode: oneOf([next(open), 9], variant), rsv: 4 + (variant % 4) }],
  },
];

/** A block of type 3, which DEFLATE has not (RFC 1951 §3.2.3). */
const noDeflate = Buffer.of(0x06, 0x00);
const deflatedText = deflateRawSync('Hello, hello, hello', { finishFlush: 2 }).subarray(0, -4);
const bomb = deflateRawSync(Buffer.alloc(100_001), { finishFlush: 2 }).subarray(0, -4);
const compressed = (payload: Uint8Array, variant: number): FrameSpec[] =>
  variant % 2
    ? [{ opcode: 2, rsv: 4, payload }]
    : [
        { opcode: 1, rsv: 4, payload: payload.subarray(0, 1), fin: false },
        { opcode: 0, payload: payload.subarray(1) },
      ];

/** Where permessage-deflate was negotiated. */
export const faultsWithDeflate: readonly Fault[] = [
  ...faults,
  {
    what: 'RSV1 on a continuation or a control frame (RFC 7692 §6.1)',
    code: 1002,
    frames: ({ kind }, variant) => {
      const start: FrameSpec[] = kind === 'none' ? [{ opcode: 2, fin: false }] : [];
      return [...start, { opcode: oneOf([0, 9, 10], variant), rsv: 4 }];
    },
  },
  {
    what: 'a compressed message that is no DEFLATE',
    code: 1007,
    frames: ({ kind }, variant) => (kind === 'none' ? compressed(noDeflate, variant) : []),
  },
  {
    what: 'a compressed message that ends within a block',
    code: 1007,
    frames: ({ kind }, variant) =>
      kind === 'none' ? compressed(deflatedText.subarray(0, -1 - (variant % 6)), variant) : [],
  },
  {
    what: 'a message that inflates beyond the limit',
    code: 1009,
    frames: ({ kind }, variant) => (kind === 'none' ? compressed(bomb, variant) : []),
  },
];
