import { expect } from 'vitest';
import { Opcode } from '#labs/03-frames';
import { check } from './support/check.ts';
import {
  exampleKey,
  expectFrame,
  expectPayload,
  expectProtocolError,
  type FrameSpec,
  frameBytes,
  frameOf,
  patternBytes,
} from './support/frames.ts';
import { countCopiedBytes } from './support/frames-copies.ts';
import {
  chunksOf,
  expectFramesOf,
  masked,
  parseChunks,
  quickest,
  startParser,
  streamOf,
} from './support/frames-parser.ts';
import { Receiver } from './support/peers.ts';
import { everySplit } from './support/splits.ts';

const text = (content: string): FrameSpec => masked({ opcode: Opcode.Text, payload: Buffer.from(content) });
const binary = (length: number): FrameSpec =>
  masked({ opcode: Opcode.Binary, payload: patternBytes(length) });
const ping: FrameSpec = masked({ opcode: Opcode.Ping });

/** The same frame again and again. */
function repeated(spec: FrameSpec, count: number): Buffer {
  return Buffer.concat(new Array<Buffer>(count).fill(frameBytes(spec)));
}

/** Expects the header of a frame, and not one byte more, to end the stream with this code. */
function expectRefused(
  what: string,
  closeCode: number,
  spec: FrameSpec,
  options?: Parameters<typeof startParser>[0],
) {
  const payloadLength = spec.payload?.length ?? 0;
  const frame = frameBytes(spec);
  const header = frame.subarray(0, frame.length - payloadLength);
  everySplit(header, (chunks) => {
    const { parser, frames } = startParser(options);
    expectProtocolError(what, closeCode, () => {
      for (const chunk of chunks) parser.push(chunk);
    });
    expect(frames.length, `${what}: frames handed out`).toBe(0);
  });
}

check(
  'A server gets a masked frame, unmasked',
  {
    rfc: '6455 §5.3',
    hint: [
      'push gets the bytes of one whole frame. What has to be called before it returns?',
      'Decode the header, check it, unmask the payload into memory of your own, and call onFrame.',
    ],
  },
  () => {
    const hello = text('Hello');
    expectFramesOf(parseChunks([frameBytes(hello)]), [hello]);
  },
);

check(
  'A client gets an unmasked frame',
  {
    rfc: '6455 §5.1',
    hint: [
      'What differs in a frame that a server sent?',
      'No MASK bit, no key, the payload as it stands. The role says which of the two is allowed.',
    ],
  },
  () => {
    const hello: FrameSpec = { opcode: Opcode.Text, payload: Buffer.from('Hello') };
    expectFramesOf(parseChunks([frameBytes(hello)], { role: 'client' }), [hello]);
  },
);

check(
  'Frames come out the same, wherever the stream is cut',
  {
    rfc: '6455 §5.2',
    hint: [
      'Where may a chunk end: in the header, in the key, in the payload, between frames?',
      'Keep what is begun, a header or a payload, in fields of the parser, and go on with it in the next push.',
    ],
  },
  () => {
    const specs = [text('Hello'), ping, binary(126), text(''), { ...text('Hel'), fin: false }, binary(1)];
    everySplit(streamOf(specs), (chunks) => expectFramesOf(parseChunks(chunks), specs));
    const plain = specs.map((spec): FrameSpec => ({ ...spec, key: undefined }));
    everySplit(streamOf(plain), (chunks) => expectFramesOf(parseChunks(chunks, { role: 'client' }), plain));
  },
);

check(
  'A 64-bit length may be cut anywhere too',
  {
    rfc: '6455 §5.2',
    hint: [
      'The longest header has 14 bytes. How much of it may the last chunk have held?',
      'Hold back the bytes of a header that is not all there, and put the next ones behind them.',
    ],
  },
  () => {
    const specs = [binary(65536), text('after')];
    const stream = streamOf(specs);
    for (let cut = 1; cut < 20; cut++) {
      const chunks = [
        ...chunksOf(stream.subarray(0, cut), 3),
        stream.subarray(cut, cut + 9),
        stream.subarray(cut + 9),
      ];
      expectFramesOf(parseChunks(chunks), specs);
    }
  },
);

check(
  'All three lengths come out at their borders, in chunks of 1,000 bytes',
  {
    rfc: '6455 §5.2',
    hint: [
      'Which length is the first that fails? With it, how many chunks does a payload take?',
      'A payload may begin in one chunk, fill many, and end in another: count what has come of it.',
    ],
  },
  () => {
    const specs = [0, 1, 125, 126, 127, 65535, 65536, 3].map(binary);
    expectFramesOf(parseChunks(chunksOf(streamOf(specs), 1000)), specs);
    const plain = specs.map((spec): FrameSpec => ({ ...spec, key: undefined }));
    expectFramesOf(parseChunks(chunksOf(streamOf(plain), 1000), { role: 'client' }), plain);
  },
);

check(
  'All frames of a chunk are handed out before push returns, in order',
  {
    rfc: '6455 §5.2',
    hint: [
      'A chunk of 64 KiB may hold thousands of frames. Does your push stop after the first?',
      'Loop as long as there are bytes.',
    ],
  },
  () => {
    const specs = Array.from({ length: 2000 }, (_, index) => text(`message ${index}`));
    const { parser, frames } = startParser();
    parser.push(streamOf(specs));
    expectFramesOf(frames, specs);
  },
);

check(
  'A frame is handed out with its last byte, and not before',
  {
    rfc: '6455 §5.2',
    hint: [
      'Is there a byte of the next frame that you wait for?',
      'A frame is whole as soon as header and payload are there; one with an empty payload with its header.',
    ],
  },
  () => {
    for (const spec of [ping, text('Hi'), binary(126)]) {
      const bytes = frameBytes(spec);
      const { parser, frames } = startParser();
      for (let index = 0; index < bytes.length - 1; index++) {
        parser.push(Buffer.from(bytes.subarray(index, index + 1)));
        expect(frames.length, `frames after ${index + 1} of ${bytes.length} bytes`).toBe(0);
      }
      parser.push(Buffer.from(bytes.subarray(-1)));
      expectFramesOf(frames, [spec]);
    }
  },
);

check(
  'An empty chunk changes nothing',
  {
    rfc: '6455 §5.2',
    hint: [
      'What does your loop do with no bytes, in the middle of a header, or of a payload?',
      'Compare before you read: chunk[0] of an empty chunk is undefined.',
    ],
  },
  () => {
    const empty = Buffer.alloc(0);
    const specs = [text('Hello'), ping, binary(200)];
    const chunks = chunksOf(streamOf(specs), 1).flatMap((chunk) => [empty, chunk, empty]);
    expectFramesOf(parseChunks(chunks), specs);
  },
);

check(
  'Fragments, and control frames between them, are handed out as they come',
  {
    rfc: '6455 §5.4',
    hint: [
      'Whose work is it to join fragments: the parser’s, or that of what gets the frames?',
      'The parser passes on frames. Whether a continuation fits there, lab 05 judges.',
    ],
  },
  () => {
    const specs: FrameSpec[] = [
      { ...text('He'), fin: false },
      masked({ opcode: Opcode.Ping, payload: Buffer.from('?') }),
      masked({ opcode: Opcode.Continuation, payload: Buffer.from('l'), fin: false }),
      masked({ opcode: Opcode.Continuation, payload: Buffer.from('lo') }),
      masked({ opcode: Opcode.Close, payload: Buffer.from('03e8', 'hex') }),
    ];
    expectFramesOf(parseChunks([streamOf(specs)]), specs);
  },
);

check(
  'A reserved bit without an extension is an error 1002',
  {
    rfc: '6455 §5.2',
    hint: [
      'Which bits are 0 unless an extension was negotiated that gives them a meaning?',
      'RSV1, RSV2 and RSV3: any of them set is a ProtocolError 1002, from the header alone.',
    ],
  },
  () => {
    for (let rsv = 1; rsv < 8; rsv++) expectRefused(`RSV bits ${rsv}`, 1002, { ...text('Hello'), rsv });
  },
);

check(
  'With allowRsv1, RSV1 is passed on',
  {
    rfc: '6455 §5.2',
    hint: [
      'permessage-deflate uses one of the three bits (RFC 7692 §6). Which?',
      'allowRsv1 lifts the rule for RSV1; the frame says rsv1: true, and false without the bit.',
    ],
  },
  () => {
    const specs = [{ ...text('Hello'), rsv: 4 }, text('plain')];
    expectFramesOf(parseChunks([streamOf(specs)], { allowRsv1: true }), specs);
  },
);

check(
  'allowRsv1 is no licence for RSV2 and RSV3',
  {
    rfc: '6455 §5.2',
    hint: [
      'Does your rule look at each of the bits?',
      'RSV2 and RSV3 stay a ProtocolError 1002 in any case.',
    ],
  },
  () => {
    for (const rsv of [1, 2, 3, 5, 6, 7]) {
      expectRefused(`RSV bits ${rsv} with allowRsv1`, 1002, { ...text('Hello'), rsv }, { allowRsv1: true });
    }
  },
);

check(
  'A reserved opcode is an error 1002',
  {
    rfc: '6455 §5.2',
    hint: [
      'Which of the sixteen opcodes have a meaning?',
      '0, 1, 2, 8, 9 and 10. The others, 3–7 and 11–15, are a ProtocolError 1002.',
    ],
  },
  () => {
    for (const opcode of [3, 4, 5, 6, 7, 11, 12, 13, 14, 15]) {
      expectRefused(`Opcode ${opcode}`, 1002, masked({ opcode, payload: Buffer.from('Hello') }));
    }
  },
);

check(
  'A control frame in fragments is an error 1002',
  {
    rfc: '6455 §5.5',
    hint: ['Which opcodes are control frames?', 'From 8 on: close, ping, pong. Their FIN must be 1.'],
  },
  () => {
    for (const opcode of [Opcode.Close, Opcode.Ping, Opcode.Pong]) {
      expectRefused(`Opcode ${opcode} with FIN 0`, 1002, masked({ opcode, fin: false }));
    }
  },
);

check(
  'A control frame over 125 bytes is an error 1002',
  {
    rfc: '6455 §5.5',
    hint: [
      'How long may a control frame’s payload be?',
      '125 bytes: its length fits the seven bits. 126 and more is a ProtocolError 1002, from the header alone.',
    ],
  },
  () => {
    for (const opcode of [Opcode.Close, Opcode.Ping, Opcode.Pong]) {
      for (const length of [126, 127, 65536]) {
        const long = masked({ opcode, payload: patternBytes(length) });
        expectRefused(`Opcode ${opcode} with ${length} bytes`, 1002, long);
      }
    }
  },
);

check(
  'A control frame of 125 bytes is handed out',
  {
    rfc: '6455 §5.5',
    hint: ['Is 125 still allowed?', '“125 bytes or less”: only more than 125 is an error.'],
  },
  () => {
    for (const opcode of [Opcode.Close, Opcode.Ping, Opcode.Pong]) {
      const longest = masked({ opcode, payload: patternBytes(125) });
      expectFramesOf(parseChunks([frameBytes(longest)]), [longest]);
    }
  },
);

check(
  'A server refuses an unmasked frame with 1002',
  {
    rfc: '6455 §5.1',
    hint: ['Who has to mask?', 'Every frame from a client has the MASK bit; without it: ProtocolError 1002.'],
  },
  () => {
    expectRefused('An unmasked frame', 1002, { opcode: Opcode.Text, payload: Buffer.from('Hello') });
    expectRefused('An unmasked ping', 1002, { opcode: Opcode.Ping });
  },
);

check(
  'A client refuses a masked frame with 1002',
  {
    rfc: '6455 §5.1',
    hint: [
      'May a server mask, if it likes?',
      'No: a client that gets a masked frame must fail the connection, ProtocolError 1002.',
    ],
  },
  () => {
    expectRefused('A masked frame', 1002, text('Hello'), { role: 'client' });
    expectRefused('A masked ping', 1002, ping, { role: 'client' });
  },
);

check(
  'A payload over the limit is an error 1009, one of the limit is not',
  {
    rfc: '6455 §7.4.1',
    hint: [
      'Which close code says “too big”?',
      'More than maxPayloadLength is a ProtocolError 1009; exactly as much is allowed.',
    ],
  },
  () => {
    for (const limit of [0, 10, 125, 126, 65535]) {
      const options = { maxPayloadLength: limit };
      const over = frameBytes(binary(limit + 1));
      expectProtocolError(`${limit + 1} bytes, with a limit of ${limit}`, 1009, () =>
        parseChunks([over], options),
      );
      const most = binary(limit);
      expectFramesOf(parseChunks([frameBytes(most)], options), [most]);
    }
  },
);

check(
  'A payload over the limit is refused from the header alone',
  {
    rfc: '6455 §10.4',
    hint: [
      'When do you know how long a payload will be?',
      'Compare the length in the header with maxPayloadLength before any payload is read.',
    ],
  },
  () => {
    for (const limit of [10, 125, 65535]) {
      const over = binary(limit + 1);
      expectRefused(`The header of ${limit + 1} bytes`, 1009, over, { maxPayloadLength: limit });
    }
  },
);

check(
  'Without a limit given, it is 1 MiB',
  {
    rfc: '6455 §10.4',
    hint: [
      'What does the docstring of maxPayloadLength say?',
      '1,048,576 bytes are allowed, one more is a ProtocolError 1009.',
    ],
  },
  () => {
    const claim = (length: number) => frameBytes(masked({ opcode: Opcode.Binary, length }));
    startParser().parser.push(claim(1_048_576));
    expectProtocolError('A header of 1,048,577 bytes', 1009, () =>
      startParser().parser.push(claim(1_048_577)),
    );
  },
);

check(
  'A length that is malformed is an error in a stream as well',
  {
    rfc: '6455 §5.2',
    hint: [
      'decodeHeader throws. Does it get out of your push?',
      'Let it pass, and remember that the stream has failed.',
    ],
  },
  () => {
    const malformed = (form: 16 | 64, length: bigint) => masked({ opcode: Opcode.Binary, form, length });
    expectRefused('125 bytes in the 16-bit length', 1002, malformed(16, 125n));
    expectRefused('65,535 bytes in the 64-bit length', 1002, malformed(64, 65535n));
    expectRefused('A 64-bit length with its top bit set', 1002, malformed(64, 2n ** 63n));
    expectRefused('A length of 2^53', 1009, malformed(64, 2n ** 53n), { maxPayloadLength: Number.MAX_VALUE });
  },
);

check(
  'Frames before a violation are handed out, frames behind it are not',
  {
    rfc: '6455 §7.1.7',
    hint: [
      'One chunk: two good frames, a bad one, a good one. What has onFrame got when push throws?',
      'Hand out each frame as soon as it is whole; throw at the first bad header.',
    ],
  },
  () => {
    const good = [text('one'), text('two')];
    const stream = streamOf([...good, masked({ opcode: 3 }), text('three')]);
    const { parser, frames } = startParser();
    expectProtocolError('A bad frame behind two good ones', 1002, () => parser.push(stream));
    expectFramesOf(frames, good);
  },
);

check(
  'After a violation every further byte is ignored',
  {
    rfc: '6455 §7.1.7',
    hint: [
      'Can you still tell where a frame begins, once a header was wrong?',
      'Remember that the stream has failed: from then on push returns at once, and throws nothing.',
    ],
  },
  () => {
    const bad = frameBytes(masked({ opcode: 3 }));
    everySplit(bad, (chunks) => {
      const { parser, frames } = startParser();
      expectProtocolError('A reserved opcode', 1002, () => {
        for (const chunk of chunks) parser.push(chunk);
      });
      parser.push(frameBytes(text('later')));
      parser.push(bad);
      parser.push(Buffer.alloc(100));
      expect(frames.length, 'frames handed out after the violation').toBe(0);
    });
  },
);

check(
  'A payload handed out stays as it is, whatever comes later',
  {
    rfc: '6455 §5.2',
    hint: [
      'Does the next frame go into the same memory? And who owns the chunk after push?',
      'Copy each payload into memory that is used for nothing else, also when it is not masked.',
    ],
  },
  () => {
    for (const key of [exampleKey, undefined]) {
      const specs = [5, 300, 5, 70_000, 300, 1].map((length): FrameSpec => ({ ...binary(length), key }));
      const role = key ? 'server' : 'client';
      const chunks = chunksOf(streamOf(specs), 40_000);
      const frames = parseChunks(chunks, { role });
      expectFramesOf(frames, specs);
      // Whoever read them from the socket may use their memory again.
      for (const chunk of chunks) chunk.fill(0xee);
      expectFramesOf(frames, specs);
    }
  },
);

check(
  'The chunk is only read',
  {
    rfc: '6455 §5.3',
    hint: [
      'Where do you write the unmasked bytes?',
      'Into memory of your own: the chunk may be looked at by others, or be parsed again.',
    ],
  },
  () => {
    for (const length of [5, 200, 70_000]) {
      const bytes = frameBytes(binary(length));
      const chunks = chunksOf(bytes, 50_000);
      expectFramesOf(parseChunks(chunks), [binary(length)]);
      expectPayload('The chunks after push', Buffer.concat(chunks), bytes);
    }
  },
);

check(
  'A length is only a claim: memory is taken as the payload comes',
  {
    rfc: '6455 §10.4',
    hint: [
      'A client sends a header that claims 512 MiB, ten bytes, and waits. What does it cost you?',
      'Start with room for what is there, and double it when it is full; never allocate what the header says.',
    ],
  },
  () => {
    const claimed = 512 * 1024 * 1024;
    const header = frameBytes(masked({ opcode: Opcode.Binary, length: claimed }));
    const before = process.memoryUsage().arrayBuffers;
    const { parser, frames } = startParser({ maxPayloadLength: claimed });
    parser.push(Buffer.concat([header, Buffer.alloc(10)]));
    const taken = process.memoryUsage().arrayBuffers - before;
    expect(frames.length, 'frames handed out').toBe(0);
    expect(taken, 'bytes taken for 10 bytes of payload').toBeLessThan(16 * 1024 * 1024);
  },
);

/** Each byte may be copied a few times. Quadratic work copies it a few hundred times here. */
const mostCopies = 20;

function expectFewCopies(what: string, bytes: number, act: () => void): void {
  const copied = countCopiedBytes(act);
  expect(copied / bytes, `times that ${what} was copied, byte for byte`).toBeLessThan(mostCopies);
}

check(
  'A payload in many small chunks is not copied over and over',
  {
    rfc: '6455 §5.2',
    hint: [
      'How many bytes are copied in all when a payload of n bytes comes in pieces, and each is joined to what was there?',
      'Write each piece once to its place in one buffer, grown by doubling; or keep a list and join it once, at the end.',
    ],
  },
  () => {
    const spec = binary(64 * 1024);
    const bytes = frameBytes(spec);
    const chunks = chunksOf(bytes, 64);
    expectFewCopies('a payload in 1,024 chunks', bytes.length, () =>
      expectFramesOf(parseChunks(chunks), [spec]),
    );
  },
);

check(
  'Many frames in one chunk do not each copy the rest of it',
  {
    rfc: '6455 §5.2',
    hint: [
      'After a frame, what becomes of the bytes behind it?',
      'Keep an index into the chunk and let it grow; do not cut a new buffer off for the rest.',
    ],
  },
  () => {
    const count = 3000;
    const stream = repeated(text('sixteen bytes...'), count);
    expectFewCopies('a chunk of 3,000 frames', stream.length, () =>
      expect(parseChunks([stream]).length, 'frames').toBe(count),
    );
  },
);

check(
  'A few bytes kept do not keep a chunk of 64 KiB alive',
  {
    rfc: '6455 §5.2',
    stretch: true,
    hint: [
      'A view keeps all the memory under it. How large is payload.buffer?',
      'Copy small payloads into small memory: at most 16 KiB behind each, or Node’s own pool.',
    ],
  },
  () => {
    const most = Math.max(16 * 1024, Buffer.poolSize);
    for (const key of [exampleKey, undefined]) {
      const spec: FrameSpec = { ...text('four'), key };
      const frames = parseChunks([repeated(spec, 7000)], { role: key ? 'server' : 'client' });
      expectFrame('The last frame', frames.at(-1), frameOf(spec));
      const behind = Math.max(...frames.map(({ payload }) => payload.buffer.byteLength));
      expect(behind, 'bytes of memory behind a payload of 4').toBeLessThanOrEqual(most);
    }
  },
);

check(
  'Small frames are parsed at least as fast as by ws',
  {
    rfc: '6455 §5.2',
    stretch: true,
    hint: [
      'What does your parser allocate for a frame besides the payload?',
      'Read the header’s bytes by index: each subarray costs as much as parsing a small frame. Views only where they pay.',
    ],
  },
  () => {
    const count = 20_000;
    const spec = text('sixteen bytes...');
    const chunks = chunksOf(repeated(spec, count), 65536);
    let came = 0;
    const receiver = new Receiver({ isServer: true });
    receiver.on('message', () => came++);
    const byWs = quickest(() => {
      // It unmasks in place: it gets its own.
      for (const chunk of chunks.map((each) => Buffer.from(each))) receiver.write(chunk);
    }, 8);
    const byYou = quickest(() => expect(parseChunks(chunks).length, 'frames').toBe(count), 8);
    expect(came, 'frames that ws saw').toBe(8 * count);
    expect(byWs / byYou, 'times as fast as ws').toBeGreaterThan(1);
  },
);
