import { expect } from 'vitest';
import { applyMask, decodeFrame, decodeHeader, encodeFrame, encodeHeader, Opcode } from '#labs/03-frames';
import { check } from './support/check.ts';
import { expectFrames } from './support/expect-bytes.ts';
import {
  exampleKey,
  expectFrame,
  expectPayload,
  expectProtocolError,
  type FrameSpec,
  frameBytes,
  frameOf,
  maskSlowly,
  patternBytes,
} from './support/frames.ts';
import { rfcExamples } from './support/frames-rfc.ts';

/** Encodes what a spec describes, as far as the lab's API goes. */
function encode({ fin, rsv = 0, opcode, payload = Buffer.alloc(0), key }: FrameSpec): Buffer {
  // A copy: one check must not spoil the bytes of another.
  return encodeFrame({ fin, rsv1: rsv === 4, opcode, payload: Buffer.from(payload), maskingKey: key });
}

function expectEncoded(what: string, spec: FrameSpec): void {
  expectFrames(what, encode(spec), frameBytes(spec));
}

function expectDecoded(what: string, spec: FrameSpec): void {
  const bytes = frameBytes(spec);
  const decoded = decodeFrame(bytes);
  expectFrame(what, decoded?.frame, frameOf(spec));
  expect(decoded?.bytesRead, `${what}: bytesRead`).toBe(bytes.length);
}

/** A binary frame of that many bytes, not masked and masked. */
function bothWays(length: number): FrameSpec[] {
  const payload = patternBytes(length);
  return [
    { opcode: Opcode.Binary, payload },
    { opcode: Opcode.Binary, payload, key: exampleKey },
  ];
}

function named(length: number, { key }: FrameSpec): string {
  return `${key ? 'A masked' : 'An unmasked'} frame of ${length} bytes`;
}

function checkEncodedLengths(title: string, lengths: number[], hint: readonly [string, string]): void {
  check(title, { rfc: '6455 §5.2', hint }, () => {
    for (const length of lengths) {
      for (const spec of bothWays(length)) expectEncoded(named(length, spec), spec);
    }
  });
}

check(
  'A short text frame is two bytes of header, then the payload',
  {
    rfc: '6455 §5.7',
    hint: [
      'What are the 8 bits of 0x81, and of 0x05?',
      'Byte 0: FIN in the top bit, the opcode in the low four. Byte 1: the length, as long as it is under 126.',
    ],
  },
  () => {
    const hello: FrameSpec = { opcode: Opcode.Text, payload: Buffer.from('Hello') };
    expectFrames('encodeFrame of "Hello"', encode(hello), Buffer.from('810548656c6c6f', 'hex'));
  },
);

check(
  'A masked frame says so, carries its key, and XORs the payload with it',
  {
    rfc: '6455 §5.3',
    hint: [
      'Three things change when there is a key: one bit, four bytes, and the payload.',
      'Set the top bit of byte 1, put the key after the length, and XOR payload byte i with key byte i % 4.',
    ],
  },
  () => {
    const hello: FrameSpec = { opcode: Opcode.Text, payload: Buffer.from('Hello'), key: exampleKey };
    expectFrames(
      'encodeFrame of "Hello", masked',
      encode(hello),
      Buffer.from('818537fa213d7f9f4d5158', 'hex'),
    );
  },
);

check(
  'The examples of RFC 6455 §5.7 are encoded byte for byte',
  {
    rfc: '6455 §5.7',
    hint: [
      'Which of the examples fails? Read its bytes beside the drawing of §5.2.',
      'Fragments have FIN 0; control frames are encoded as any other; 256 bytes need the 16-bit length, 64 KiB the 64-bit one.',
    ],
  },
  () => {
    for (const example of rfcExamples) expectFrames(example.what, encode(example), example.bytes);
  },
);

check(
  'Every opcode, FIN and RSV1 has its own bits in byte 0',
  {
    rfc: '6455 §5.2',
    hint: [
      'Which values do `fin` and `rsv1` have when the caller gives none?',
      'fin: 0x80, unless it is false. rsv1: 0x40, if it is true. The opcode fills the low four bits, 0 to 15.',
    ],
  },
  () => {
    for (let opcode = 0; opcode < 16; opcode++) {
      for (const fin of [true, false]) {
        for (const rsv of [0, 4]) {
          expectEncoded(`opcode ${opcode}, fin ${fin}, rsv1 ${rsv === 4}`, { opcode, fin, rsv });
        }
      }
    }
    const plain = encodeFrame({ opcode: Opcode.Ping, payload: Buffer.alloc(0) });
    expectFrames('A ping with no options', plain, Buffer.from('8900', 'hex'));
  },
);

checkEncodedLengths(
  'A payload of 0 to 125 bytes uses the 7-bit length',
  [0, 1, 2, 124, 125],
  [
    'How long is the header of an empty frame?',
    'The low seven bits of byte 1 are the length itself up to 125; 126 and 127 mean that more follows.',
  ],
);

checkEncodedLengths(
  'A payload of 126 to 65,535 bytes uses the 16-bit length',
  [126, 127, 128, 65534, 65535],
  [
    'What stands in the seven bits when the length does not fit, and in which byte order is the real one?',
    'Seven bits of 126, then the length in two bytes, the most significant first (network byte order).',
  ],
);

checkEncodedLengths(
  'A payload of 65,536 bytes or more uses the 64-bit length',
  [65536, 65537, 70000],
  [
    'What is the largest number two bytes hold?',
    'Seven bits of 127, then the length in eight bytes, the most significant first.',
  ],
);

check(
  'The header alone is what stands before the payload',
  {
    rfc: '6455 §5.2',
    hint: [
      'What does encodeFrame write before the payload?',
      'encodeHeader is the same bytes without the payload: the length in it is still the payload’s.',
    ],
  },
  () => {
    for (const length of [0, 5, 125, 126, 65535, 65536]) {
      for (const spec of bothWays(length)) {
        const { opcode, key } = spec;
        const payload = patternBytes(length);
        const whole = frameBytes(spec);
        const header = encodeHeader({ opcode, payload, maskingKey: key });
        expectFrames(
          `${named(length, spec)}, encodeHeader and payload`,
          Buffer.concat([header, whole.subarray(whole.length - length)]),
          whole,
        );
        expect(header.length, `${named(length, spec)}: bytes of header`).toBe(whole.length - length);
      }
    }
  },
);

check(
  'Encoding leaves the caller’s payload and key as they were',
  {
    rfc: '6455 §5.3',
    hint: [
      'Whose bytes are XORed: the caller’s, or a copy?',
      'Copy the payload into the frame first, then mask it there.',
    ],
  },
  () => {
    for (const length of [5, 125, 1000, 70000]) {
      const payload = patternBytes(length);
      const key = Buffer.from(exampleKey);
      const frame = { opcode: Opcode.Text, payload, maskingKey: key };
      const first = encodeFrame(frame);
      expectPayload('The payload given to encodeFrame', payload, patternBytes(length));
      expect(key, 'the key given to encodeFrame').toEqual(exampleKey);
      // A broadcast encodes the same payload again and again.
      expectFrames('The same frame encoded again', encodeFrame(frame), first);
    }
  },
);

check(
  'The key starts over every four bytes, at any length',
  {
    rfc: '6455 §5.3',
    hint: [
      'Which key byte belongs to payload byte 4?',
      'Octet i is XORed with key octet i MOD 4: count in the payload, not in the frame or in memory.',
    ],
  },
  () => {
    for (let length = 0; length <= 160; length++) {
      for (let offset = 0; offset < 4; offset++) {
        // Memory that begins at each of four alignments.
        const bytes = Buffer.alloc(length + 8).subarray(offset, offset + length);
        bytes.set(patternBytes(length));
        applyMask(bytes, exampleKey);
        const what = `${length} bytes, at offset ${offset} in memory`;
        expectPayload(what, bytes, maskSlowly(patternBytes(length), exampleKey));
      }
    }
  },
);

check(
  'A part of a payload is masked by its place in the payload',
  {
    rfc: '6455 §5.3',
    hint: [
      'A payload comes in two pieces. With which key byte does the second begin?',
      'Byte start + j is XORed with key[(position + j) % 4]; bytes outside start…end stay as they are.',
    ],
  },
  () => {
    const whole = patternBytes(300);
    for (const position of [0, 1, 2, 3, 4, 7, 1023]) {
      for (const [start, end] of [
        [0, 300],
        [1, 6],
        [3, 40],
        [2, 133],
        [5, 299],
        [7, 7],
      ]) {
        const bytes = Buffer.from(whole);
        applyMask(bytes, exampleKey, start, end, position);
        const expected = Buffer.from(whole);
        expected.set(maskSlowly(whole.subarray(start, end), exampleKey, position), start);
        expectPayload(`bytes ${start} to ${end} at position ${position} of the payload`, bytes, expected);
      }
    }
  },
);

check(
  'The examples of RFC 6455 §5.7 are decoded',
  {
    rfc: '6455 §5.7',
    hint: [
      'Take the bytes in the order of the drawing in §5.2: two bytes, the longer length, the key, the payload.',
      'FIN is 0x80 of byte 0, the opcode its low four bits; the mask bit is 0x80 of byte 1. If it is set, unmask.',
    ],
  },
  () => {
    for (const { what, bytes, ...spec } of rfcExamples) {
      const decoded = decodeFrame(bytes);
      expectFrame(what, decoded?.frame, frameOf(spec));
      expect(decoded?.bytesRead, `${what}: bytesRead`).toBe(bytes.length);
    }
  },
);

check(
  'Each bit of byte 0 is decoded by itself',
  {
    rfc: '6455 §5.2',
    hint: [
      'Which masks single out bits 7, 6, 5 and 4?',
      '0x80 is FIN, 0x40 RSV1, 0x20 RSV2, 0x10 RSV3, 0x0f the opcode. Reserved ones are passed on as they are.',
    ],
  },
  () => {
    for (let opcode = 0; opcode < 16; opcode++) {
      for (let rsv = 0; rsv < 8; rsv++) {
        for (const fin of [true, false]) {
          expectDecoded(`opcode ${opcode}, RSV bits ${rsv}, fin ${fin}`, {
            opcode,
            rsv,
            fin,
            key: exampleKey,
          });
        }
      }
    }
  },
);

check(
  'All three lengths are decoded, at their borders',
  {
    rfc: '6455 §5.2',
    hint: [
      'Where does the payload start with each of the three lengths, with and without a key?',
      'The header has 2, 4 or 10 bytes, and 4 more with a key.',
    ],
  },
  () => {
    for (const length of [0, 1, 2, 124, 125, 126, 127, 128, 65534, 65535, 65536, 65537]) {
      for (const spec of bothWays(length)) expectDecoded(named(length, spec), spec);
    }
  },
);

check(
  'A frame that is not all there yet is undefined, wherever it is cut',
  {
    rfc: '6455 §5.2',
    hint: [
      'How many bytes do you need before you may look at byte 1, at the length, at the payload?',
      'Before each read, see if the bytes are there; if not, return undefined. Nothing is thrown for too few bytes.',
    ],
  },
  () => {
    for (const length of [0, 5, 126, 65536]) {
      for (const spec of bothWays(length)) {
        const bytes = frameBytes(spec);
        const cuts = [...Array(Math.min(bytes.length, 150)).keys(), bytes.length - 1];
        for (const cut of cuts) {
          const decoded = decodeFrame(bytes.subarray(0, cut));
          expect(decoded, `${named(length, spec)}, of which ${cut} of ${bytes.length} bytes are there`).toBe(
            undefined,
          );
        }
      }
    }
  },
);

check(
  'With two frames in the buffer, bytesRead is where the second starts',
  {
    rfc: '6455 §5.2',
    hint: [
      'A chunk from a socket may hold the end of one frame and the start of the next. What belongs to this one?',
      'bytesRead is the header with its key, and the payload; the payload ends there too.',
    ],
  },
  () => {
    const specs: FrameSpec[] = [
      { opcode: Opcode.Text, payload: patternBytes(5), key: exampleKey },
      { opcode: Opcode.Ping, key: exampleKey },
      { opcode: Opcode.Binary, payload: patternBytes(300), key: exampleKey },
      { opcode: Opcode.Close, payload: Buffer.from('03e8', 'hex') },
    ];
    let rest = Buffer.concat(specs.map(frameBytes));
    for (const [index, spec] of specs.entries()) {
      const decoded = decodeFrame(rest);
      expectFrame(`Frame ${index + 1} of 4`, decoded?.frame, frameOf(spec));
      expect(decoded?.bytesRead, `Frame ${index + 1} of 4: bytesRead`).toBe(frameBytes(spec).length);
      rest = rest.subarray(decoded?.bytesRead);
    }
  },
);

check(
  'A header is decoded where it stands, and only within start and end',
  {
    rfc: '6455 §5.2',
    hint: [
      'Are all your reads counted from `start`? Do any look past `end`?',
      'Everything is at start + something, and end - start is how many bytes there are.',
    ],
  },
  () => {
    for (const length of [5, 126, 65536]) {
      for (const spec of bothWays(length)) {
        const bytes = Buffer.concat([Buffer.alloc(7, 0xff), frameBytes(spec)]);
        const header = decodeHeader(bytes, 7);
        const { payload: _, ...fields } = frameOf(spec);
        const headerLength = bytes.length - 7 - length;
        expect(header, `${named(length, spec)}, from byte 7 on`).toEqual({
          ...fields,
          headerLength,
          payloadLength: length,
        });
        for (let end = 7; end < 7 + headerLength; end++) {
          expect(decodeHeader(bytes, 7, end), `${end - 7} of ${headerLength} bytes of header`).toBe(
            undefined,
          );
        }
        expect(decodeHeader(bytes, 7, 7 + headerLength), 'a whole header, and nothing after it').toEqual(
          header,
        );
      }
    }
  },
);

check(
  'A length that fits 7 bits is refused in 16',
  {
    rfc: '6455 §5.2',
    hint: [
      'Two bytes can say 125 too. What does §5.2 say of the number of bytes used?',
      '“In all cases, the minimal number of bytes MUST be used”: under 126 in 16 bits is a ProtocolError 1002, from the header alone.',
    ],
  },
  () => {
    for (const length of [0, 5, 125]) {
      const bytes = frameBytes({ opcode: 2, length, form: 16, key: exampleKey });
      expectProtocolError(`A length of ${length} in 16 bits`, 1002, () => decodeFrame(bytes));
      expectProtocolError(`A length of ${length} in 16 bits`, 1002, () => decodeHeader(bytes));
    }
  },
);

check(
  'A length that fits 7 or 16 bits is refused in 64',
  {
    rfc: '6455 §5.2',
    hint: [
      'Which is the smallest length that needs 64 bits?',
      '65,535 and less in 64 bits is a ProtocolError 1002, from the header alone.',
    ],
  },
  () => {
    for (const length of [0, 125, 126, 65535]) {
      const bytes = frameBytes({ opcode: 2, length, form: 64, key: exampleKey });
      expectProtocolError(`A length of ${length} in 64 bits`, 1002, () => decodeFrame(bytes));
    }
  },
);

check(
  'A 64-bit length with its top bit set is refused',
  {
    rfc: '6455 §5.2',
    hint: [
      'The 64-bit length is unsigned, with one rule on its most significant bit.',
      'That bit MUST be 0: otherwise a ProtocolError 1002.',
    ],
  },
  () => {
    for (const length of [2n ** 63n, 2n ** 63n + 5n, 2n ** 63n + 70000n, 2n ** 64n - 1n]) {
      const bytes = frameBytes({ opcode: 2, length, form: 64, key: exampleKey });
      expectProtocolError(`A length of 0x${length.toString(16)}`, 1002, () => decodeFrame(bytes));
    }
  },
);

check(
  'A length beyond what a number holds exactly is refused as too big',
  {
    rfc: '6455 §7.4.1',
    hint: [
      'The RFC allows it, JavaScript does not: what is Number.MAX_SAFE_INTEGER, and which close code says “too big”?',
      'Above 2^53 - 1: ProtocolError 1009. Compare before you convert, as a BigInt say.',
    ],
  },
  () => {
    for (const length of [2n ** 53n, 2n ** 53n + 1n, 2n ** 62n]) {
      const bytes = frameBytes({ opcode: 2, length, form: 64, key: exampleKey });
      expectProtocolError(`A length of ${length}`, 1009, () => decodeFrame(bytes));
    }
  },
);

check(
  'Lengths over 4 GiB are exact',
  {
    rfc: '6455 §5.2',
    hint: [
      'JavaScript’s bit operators cut a number to 32 bits. Do you use one on the length?',
      'Read all eight bytes: readBigUInt64BE, or the upper half times 2 ** 32 plus the lower.',
    ],
  },
  () => {
    for (const payloadLength of [2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 5, 2 ** 40 + 1, 2 ** 53 - 1]) {
      const bytes = frameBytes({ opcode: 2, length: payloadLength, form: 64 });
      expect(decodeHeader(bytes)?.payloadLength, 'payloadLength').toBe(payloadLength);
      expect(decodeFrame(bytes), `a frame of ${payloadLength} bytes, its header only`).toBe(undefined);
    }
  },
);

check(
  'Decoding leaves the bytes it reads as they were',
  {
    rfc: '6455 §5.3',
    hint: [
      'Does unmasking write into the bytes that came in? What if they are decoded a second time?',
      'Copy the payload out of them first, and unmask the copy.',
    ],
  },
  () => {
    for (const spec of [...bothWays(5), ...bothWays(200)]) {
      const bytes = frameBytes(spec);
      decodeFrame(bytes);
      expectFrames('The bytes given to decodeFrame', bytes, frameBytes(spec));
    }
  },
);

check(
  'A decoded payload is a copy, masked or not',
  {
    rfc: '6455 §5.2',
    hint: [
      'What does the payload read when the bytes it came in are overwritten?',
      'Buffer.from(bytes.subarray(…)) copies; subarray alone is a view of the same memory.',
    ],
  },
  () => {
    for (const spec of [...bothWays(5), ...bothWays(200)]) {
      const bytes = frameBytes(spec);
      const decoded = decodeFrame(bytes);
      // Whoever owns the bytes may use their memory again.
      bytes.fill(0);
      expectFrame('The frame, once the bytes it came in are overwritten', decoded?.frame, frameOf(spec));
    }
  },
);

check(
  'What was encoded is decoded again, in a row of frames of all kinds',
  {
    rfc: '6455 §5.2',
    stretch: true,
    hint: [
      'Which of the frames is the first that differs?',
      'Encode and decode must agree on every field: follow the one named in the message through both.',
    ],
  },
  () => {
    const specs = Array.from({ length: 300 }, (_, index): FrameSpec => {
      const key = index % 3 === 0 ? undefined : patternBytes(4 + index).subarray(-4);
      return {
        opcode: index % 16,
        fin: index % 5 > 0,
        rsv: (index % 2) * 4,
        payload: patternBytes(index),
        key,
      };
    });
    let rest = Buffer.concat(specs.map(encode));
    for (const [index, spec] of specs.entries()) {
      const decoded = decodeFrame(rest);
      expectFrame(`Frame ${index}`, decoded?.frame, frameOf(spec));
      rest = rest.subarray(decoded?.bytesRead);
    }
    expect(rest.length, 'bytes left over').toBe(0);
  },
);

/** A function of its own, as the learner's is: the engine makes a loop in a callback quick much later. */
function maskPlainly(bytes: Uint8Array, key: Uint8Array): void {
  for (let index = 0; index < bytes.length; index++) bytes[index] ^= key[index % 4];
}

check(
  'A long payload is masked at least twice as fast as byte by byte',
  {
    rfc: '6455 §5.3',
    stretch: true,
    hint: [
      'An XOR takes 32 bits as easily as 8. Where in memory may a 32-bit view begin?',
      'View the bytes as an Int32Array from the first multiple of four on, XOR four bytes at a time with the key turned to fit, and do the few bytes at both ends singly.',
    ],
  },
  () => {
    const bytes = patternBytes(64 * 1024);
    const quickest = (act: () => void) =>
      Math.min(
        ...Array.from({ length: 100 }, () => {
          const start = performance.now();
          act();
          return performance.now() - start;
        }),
      );
    const plain = quickest(() => maskPlainly(bytes, exampleKey));
    const yours = quickest(() => applyMask(bytes, exampleKey));
    expect(plain / yours, 'times as fast as the plain loop').toBeGreaterThan(2);
  },
);
