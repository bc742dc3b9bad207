import { frameBytes } from '../support/frames.ts';
import { frameEnds } from './print.ts';
import type { Reading } from './reading.ts';

/** One way in which the labs and `ws` may read a stream differently, both within the RFC, or why not. */
export interface Difference {
  what: string;
  because: string;
  is(ours: Reading, theirs: Reading, stream: Buffer): boolean;
  /** A stream to a client that shows it. */
  example: Buffer;
}

export const differences: readonly Difference[] = [
  {
    what: 'A length not in its shortest form: 1002, and ws takes it',
    because: 'RFC 6455 §5.2: the minimal number of bytes MUST be used',
    is: (ours, theirs) => ours.fails === 1002 && /has to be in/.test(`${ours.why}`) && begins(theirs, ours),
    example: frameBytes({ opcode: 1, payload: Buffer.from('a'), form: 16 }),
  },
  {
    what: 'The top bit of a 64-bit length: 1002, and 1009 of ws',
    because: '§5.2: the most significant bit MUST be 0; ws sees a length above the safe integers',
    is: (ours, theirs) => /top bit/.test(`${ours.why}`) && theirs.fails === 1009 && sameTold(ours, theirs),
    example: frameBytes({ opcode: 1, length: 2n ** 63n }),
  },
  {
    what: 'Too many fragments: 1009, and 1008 of ws',
    because: '§10.4 asks for limits and names no code; 1009 says that the message was too big',
    is: (ours, theirs) =>
      ours.fails === 1009 &&
      /fragments/.test(`${ours.why}`) &&
      theirs.fails === 1008 &&
      sameTold(ours, theirs),
    example: Buffer.concat(
      Array.from({ length: 17 }, (_, index) => frameBytes({ opcode: index === 0 ? 2 : 0, fin: false })),
    ),
  },
  {
    what: 'Text that is not UTF-8: 1007 with the fragment that breaks it, and ws looks once the message is whole',
    because: '§8.1 asks for the failure and leaves the moment; until then ws hears control frames',
    is: (ours, theirs) =>
      ours.fails === 1007 && begins(theirs, ours) && areControls(theirs.told.slice(ours.told.length)),
    example: Buffer.concat([
      frameBytes({ opcode: 1, payload: Buffer.of(0xff), fin: false }),
      frameBytes({ opcode: 9 }),
    ]),
  },
  {
    what: 'The stream ends within a frame that ws refused by what there was of it',
    because:
      'ws judges the first two bytes, the order of fragments and the length announced; the labs judge a header once it is whole, and a place in the message once the frame is: §7.1.7 names no moment',
    is: (ours, theirs, stream) =>
      ours.fails === undefined &&
      (theirs.fails === 1002 || theirs.fails === 1009) &&
      sameTold(ours, theirs) &&
      (frameEnds(stream).at(-1) ?? 0) < stream.length,
    // A masked frame from a server, its header cut.
    example: Buffer.of(0x81, 0x85),
  },
  {
    what: 'A header that breaks two rules, one of them on length: 1009, and 1002 of ws',
    because: 'No section says which rule goes first; ws reads the length last',
    is: (ours, theirs) => ours.fails === 1009 && theirs.fails === 1002 && sameTold(ours, theirs),
    example: frameBytes({ opcode: 2, length: 2n ** 53n, rsv: 1 }),
  },
];

/** More of them, where messages are compressed. */
export const differencesWithDeflate: readonly Difference[] = [
  ...differences,
  {
    what: 'A compressed message that cannot be inflated, or ends within a block: 1007 once it is whole',
    because:
      'RFC 7692 names neither code nor moment; ws inflates each fragment as it comes, and takes what came of a message that is cut',
    is: (ours, theirs) => ours.fails === 1007 && /inflated/.test(`${ours.why}`) && begins(theirs, ours),
    example: frameBytes({ opcode: 2, rsv: 4, payload: Buffer.from('f248cdc9c9', 'hex') }),
  },
  {
    what: 'The first fragments of a compressed message that ws refused already',
    because: 'The labs inflate a message once it is whole; until then they hear control frames',
    is: (ours, theirs) =>
      (theirs.fails === 1007 || theirs.fails === 1009) &&
      ours.fails !== theirs.fails &&
      begins(ours, theirs) &&
      areControls(ours.told.slice(theirs.told.length)),
    example: frameBytes({ opcode: 2, rsv: 4, fin: false, payload: Buffer.of(0x06, 0x00) }),
  },
  {
    what: 'A block with BFINAL 1, and more after it: the labs read on, ws drops it and the context',
    because: 'RFC 7692 §7.2.3.4 allows the block, and says nothing of an end to the message or the window',
    is: (_ours, theirs) => theirs.lost === 'final block',
    // "Hello" in a last block, then "Hello" in another (RFC 7692 §7.2.3.4).
    example: frameBytes({ opcode: 1, rsv: 4, payload: Buffer.from('f348cdc9c90700f248cdc9c90700', 'hex') }),
  },
  {
    what: 'A compressed message of no bytes: the labs read an empty message, and the next one well',
    because:
      'RFC 7692 §7.2.1 leaves one byte at least, and names no error; ws takes the four bytes appended for the start of a block',
    is: (_ours, theirs) => theirs.lost === 'no bytes',
    // After it, "Hello".
    example: Buffer.concat([
      frameBytes({ opcode: 1, rsv: 4 }),
      frameBytes({ opcode: 1, rsv: 4, payload: Buffer.from('f248cdc9c90700', 'hex') }),
    ]),
  },
];

function areControls(told: readonly string[]): boolean {
  return told.every((each) => /^(ping|pong|close)/.test(each));
}

function sameTold(ours: Reading, theirs: Reading): boolean {
  return ours.told.length === theirs.told.length && begins(theirs, ours);
}

/** Both heard the same as long as `reading` lasted. */
function begins(longer: Reading, reading: Reading): boolean {
  return reading.told.every((told, index) => told === longer.told[index]);
}
