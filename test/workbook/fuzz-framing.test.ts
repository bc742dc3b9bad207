import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { FrameParser } from '#labs/04-frame-parser';
import { inMemoryFor } from '../fuzz/memory.ts';
import { mutated } from '../fuzz/mutations.ts';
import { fuzz } from '../fuzz/property.ts';
import { chunkings, inChunks, read } from '../fuzz/reading.ts';
import { faultyStreams, type Role, soundStreams, tell } from '../fuzz/streams.ts';
import { frameBytes } from '../support/frames.ts';

// The parser of lab 04 and the assembler of lab 05 on streams nobody would write. `read` throws on whatever
// is not a ProtocolError with a documented code.

function readInMemory(role: Role, stream: Buffer, lengths: readonly number[]) {
  const chunks = inChunks(stream, lengths);
  return inMemoryFor(stream.length, () => read(role, chunks));
}

describe.each(['server', 'client'] as const)('a %s', (role) => {
  fuzz(
    'reads noise the same in every chunking, and fails with a documented code or not at all',
    500,
    fc.property(fc.uint8Array({ maxLength: 400 }), chunkings, (bytes, lengths) => {
      const stream = Buffer.from(bytes);
      const whole = readInMemory(role, stream, [stream.length + 1]);
      expect(readInMemory(role, stream, lengths)).toEqual(whole);
    }),
  );

  fuzz(
    'hears exactly the messages of a sound stream, in every chunking',
    150,
    fc.property(soundStreams(role), chunkings, (stream, lengths) => {
      expect(readInMemory(role, stream.bytes, lengths)).toEqual({ told: tell(stream.frames) });
    }),
  );

  fuzz(
    'hears a prefix of the messages when the stream is cut',
    150,
    fc.property(soundStreams(role), fc.nat(), chunkings, (stream, at, lengths) => {
      const cut = stream.bytes.subarray(0, at % (stream.bytes.length + 1));
      const { told, fails } = readInMemory(role, cut, lengths);
      expect(fails).toBeUndefined();
      expect(told).toEqual(tell(stream.frames).slice(0, told.length));
    }),
  );

  fuzz(
    'hears all that came before the first fault, and answers it with its code',
    300,
    fc.property(faultyStreams(role), chunkings, (stream, lengths) => {
      const { told, fails } = readInMemory(role, stream.bytes, lengths);
      expect(fails).toBe(stream.fault?.code);
      expect(told).toEqual(tell(stream.sound));
    }),
  );

  fuzz(
    'reads a changed stream the same in every chunking, and the frames before the change as they were',
    300,
    fc.property(mutated(fc.oneof(soundStreams(role), faultyStreams(role))), chunkings, (stream, lengths) => {
      const whole = readInMemory(role, stream.bytes, [stream.bytes.length + 1]);
      expect(readInMemory(role, stream.bytes, lengths)).toEqual(whole);
      const before = tell(stream.untouched);
      expect(whole.told.slice(0, before.length)).toEqual(before);
    }),
  );

  fuzz(
    'makes room for what comes, whatever a header claims',
    100,
    fc.property(
      fc.integer({ min: 2 ** 20, max: 2 ** 30 }),
      fc.nat({ max: 300 }),
      chunkings,
      (length, came, lengths) => {
        const key = role === 'server' ? Buffer.of(1, 2, 3, 4) : undefined;
        const stream = frameBytes({ opcode: 2, length, payload: new Uint8Array(came), key });
        const parser = new FrameParser({ role, maxPayloadLength: 2 ** 30 }, () => {});
        inMemoryFor(stream.length, () => {
          for (const chunk of inChunks(stream, lengths)) parser.push(chunk);
        });
      },
    ),
  );
});
