import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HandshakeError } from '#labs/02-client-handshake';
import { ProtocolError } from '#labs/03-frames';
import { acceptOffer, checkAnswer, type DeflateOptions, formatOffer, Inflater } from '#labs/07-compression';
import { compressorFor, parameters } from '../fuzz/compressing.ts';
import { differences, differencesWithDeflate } from '../fuzz/differences.ts';
import { inMemoryFor } from '../fuzz/memory.ts';
import { mutated } from '../fuzz/mutations.ts';
import { printFrames } from '../fuzz/print.ts';
import { fuzz } from '../fuzz/property.ts';
import { chunkings, inChunks, read } from '../fuzz/reading.ts';
import { faultyStreams, type Role, type Stream, soundStreams, tell } from '../fuzz/streams.ts';
import { readWithWs } from '../fuzz/ws.ts';

// permessage-deflate of lab 07: its inflater on bytes that no compressor made, whole streams with compressed
// messages beside `ws`, and headers that negotiate.

const withoutLimits = {
  serverNoContextTakeover: false,
  clientNoContextTakeover: false,
  serverMaxWindowBits: 15,
  clientMaxWindowBits: 15,
};

/** Streams with compressed messages, and the parameters they were made under. */
function compressed(
  role: Role,
  streams: (role: Role, compressor: ReturnType<typeof compressorFor>) => fc.Arbitrary<Stream>,
) {
  return parameters.chain((agreed) =>
    fc.tuple(fc.constant(agreed), streams(role, compressorFor(role, agreed))),
  );
}

describe('the inflater', () => {
  const maxLength = 50_000;

  function inflate(payloads: readonly Uint8Array[]): void {
    const inflater = new Inflater({ windowBits: 15, noContextTakeover: false, maxLength });
    for (const payload of payloads) {
      try {
        inMemoryFor(payload.length + maxLength, () => inflater.inflate(Buffer.from(payload)));
      } catch (error) {
        if (error instanceof ProtocolError && [1007, 1009].includes(error.closeCode)) return;
        throw error;
      }
    }
  }

  fuzz(
    'takes noise for DEFLATE, or fails with 1007 or 1009',
    300,
    fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 4 }), inflate),
  );

  fuzz(
    'keeps to its limit, however well the bytes were compressed and whatever became of them',
    40,
    fc.property(
      fc.integer({ min: 1, max: 2_000_000 }),
      fc.nat(255),
      fc.option(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 }))),
      (length, byte, change) => {
        const bytes = deflateRawSync(Buffer.alloc(length, byte), { finishFlush: 2 }).subarray(0, -4);
        if (change) bytes[change[0] % bytes.length] ^= change[1];
        inflate([bytes, bytes]);
      },
    ),
  );
});

describe('the differences', () => {
  test.each(differencesWithDeflate.slice(differences.length))('$what', async ({ is, example }) => {
    const ours = read('client', [Buffer.from(example)], withoutLimits);
    const theirs = await readWithWs('client', [Buffer.from(example)], withoutLimits);
    expect(is(ours, theirs, example), JSON.stringify({ ours, theirs })).toBe(true);
  });
});

describe.each(['server', 'client'] as const)('a %s with permessage-deflate', (role) => {
  fuzz(
    'hears exactly the messages of a sound stream, in every chunking',
    80,
    fc.property(compressed(role, soundStreams), chunkings, ([agreed, stream], lengths) => {
      expect(read(role, inChunks(stream.bytes, lengths), agreed)).toEqual({ told: tell(stream.frames) });
    }),
  );

  fuzz(
    'hears all that came before the first fault, and answers it with its code',
    150,
    fc.property(compressed(role, faultyStreams), chunkings, ([agreed, stream], lengths) => {
      const { told, fails } = read(role, inChunks(stream.bytes, lengths), agreed);
      expect(fails).toBe(stream.fault?.code);
      expect(told).toEqual(tell(stream.sound));
    }),
  );

  fuzz(
    'agrees with ws on sound, faulty and changed streams',
    150,
    fc.asyncProperty(
      fc.oneof(
        compressed(role, soundStreams),
        compressed(role, faultyStreams),
        compressed(role, soundStreams).chain(([agreed, stream]) =>
          fc.tuple(fc.constant(agreed), mutated(fc.constant(stream))),
        ),
      ),
      chunkings,
      async ([agreed, { bytes }], lengths) => {
        const ours = read(role, inChunks(bytes, lengths), agreed);
        const theirs = await readWithWs(role, inChunks(bytes, lengths), agreed);
        const same = ours.fails === theirs.fails && `${ours.told}` === `${theirs.told}`;
        if (same || differencesWithDeflate.some(({ is }) => is(ours, theirs, bytes))) return;
        expect(ours, `labs and ws as ${role} on\n${printFrames(bytes)}\nws: ${theirs.why}`).toEqual(theirs);
      },
    ),
  );
});

describe('the negotiation', () => {
  const bits = fc.option(fc.integer({ min: 8, max: 15 }), { nil: undefined });
  const options: fc.Arbitrary<DeflateOptions> = fc.record({
    serverNoContextTakeover: fc.boolean(),
    clientNoContextTakeover: fc.boolean(),
    serverMaxWindowBits: bits,
    clientMaxWindowBits: bits,
  });

  fuzz(
    'comes to the same on both sides, and to no more than either allows',
    200,
    fc.property(options, options, (client, server) => {
      const offer = formatOffer(client);
      const accepted = acceptOffer(offer, server);
      expect(accepted).toBeDefined();
      expect(checkAnswer(offer, accepted?.answer ?? '')).toEqual(accepted?.parameters);
      for (const [name, value] of [...Object.entries(client), ...Object.entries(server)]) {
        const agreed = accepted?.parameters[name as keyof DeflateOptions];
        if (value === true) expect(agreed).toBe(true);
        if (typeof value === 'number') expect(agreed).toBeLessThanOrEqual(value);
      }
    }),
  );

  const word = fc.constantFrom(
    'permessage-deflate',
    'client_max_window_bits',
    'server_max_window_bits',
    'server_no_context_takeover',
    'client_no_context_takeover',
    ...['=', ';', ',', '"', ' ', '\\', '8', '15', '16', '015', 'x-other', '\u00e9', '\t'],
  );
  const headers = fc.oneof(
    fc.array(word, { maxLength: 14 }).map((words) => words.join('')),
    fc
      .array(fc.tuple(fc.constantFrom('; ', ', ', '='), word), { maxLength: 6 })
      .map((parts) => `permessage-deflate${parts.flat().join('')}`),
    fc.string({ maxLength: 40 }),
  );

  fuzz(
    'takes any header for an offer, or fails as documented',
    400,
    fc.property(headers, options, (header, server) => {
      try {
        const accepted = acceptOffer(header, server);
        if (accepted) expect(acceptOffer(accepted.answer)).toBeDefined();
      } catch (error) {
        expect(error).toBeInstanceOf(SyntaxError);
      }
    }),
  );

  fuzz(
    'takes any header for an answer, or fails as documented',
    400,
    fc.property(headers, options, (header, client) => {
      try {
        checkAnswer(formatOffer(client), header);
      } catch (error) {
        expect(error).toBeInstanceOf(HandshakeError);
        expect(error).toMatchObject({ code: 'bad_extension' });
      }
    }),
  );
});
