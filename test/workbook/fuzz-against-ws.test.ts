import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { differences } from '../fuzz/differences.ts';
import { mutated } from '../fuzz/mutations.ts';
import { printFrames } from '../fuzz/print.ts';
import { fuzz } from '../fuzz/property.ts';
import { chunkings, inChunks, type Reading, read } from '../fuzz/reading.ts';
import { faultyStreams, type Role, soundStreams } from '../fuzz/streams.ts';
import { readWithWs } from '../fuzz/ws.ts';
import { frameBytes } from '../support/frames.ts';

// The same bytes to the labs and to `ws`, an independent reader: the same messages, the same verdict, the same
// close code. Where they differ, a line of `differences` says why.

async function expectAgreement(role: Role, stream: Buffer, lengths: readonly number[]): Promise<void> {
  const ours = read(role, inChunks(stream, lengths));
  const theirs = await readWithWs(role, inChunks(stream, lengths));
  if (isSame(ours, theirs) || differences.some(({ is }) => is(ours, theirs, stream))) return;
  // Not the same, so this fails, and shows where.
  expect(ours, `labs and ws as ${role} on\n${printFrames(stream)}\nws: ${theirs.why}`).toEqual(theirs);
}

function isSame(ours: Reading, theirs: Reading): boolean {
  return ours.fails === theirs.fails && `${ours.told}` === `${theirs.told}`;
}

describe('the differences', () => {
  test.each(differences)('$what', async ({ is, example }) => {
    const ours = read('client', [Buffer.from(example)]);
    const theirs = await readWithWs('client', [Buffer.from(example)]);
    expect(isSame(ours, theirs)).toBe(false);
    expect(is(ours, theirs, example), JSON.stringify({ ours, theirs })).toBe(true);
  });
});

describe.each(['server', 'client'] as const)('as a %s, the labs and ws agree on', (role) => {
  fuzz(
    'sound streams',
    100,
    fc.asyncProperty(soundStreams(role), chunkings, async (stream, lengths) => {
      await expectAgreement(role, stream.bytes, lengths);
    }),
  );

  fuzz(
    'streams with one fault',
    200,
    fc.asyncProperty(faultyStreams(role), chunkings, async (stream, lengths) => {
      await expectAgreement(role, stream.bytes, lengths);
    }),
  );

  fuzz(
    'changed streams',
    300,
    fc.asyncProperty(
      mutated(fc.oneof(soundStreams(role), faultyStreams(role))),
      chunkings,
      async (stream, lengths) => {
        await expectAgreement(role, stream.bytes, lengths);
      },
    ),
  );

  fuzz(
    'noise',
    200,
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), chunkings, async (bytes, lengths) => {
      await expectAgreement(role, Buffer.from(bytes), lengths);
    }),
  );

  const codes = fc.oneof(fc.integer({ min: 0, max: 5_100 }), fc.integer({ min: 0, max: 65_535 }));
  fuzz(
    'close payloads',
    300,
    fc.asyncProperty(
      fc.option(codes),
      fc.oneof(
        fc.uint8Array({ maxLength: 8 }),
        fc.string({ unit: 'binary', maxLength: 30 }).map(Buffer.from),
      ),
      async (code, rest) => {
        const start = code === null ? [] : [code >> 8, code & 0xff];
        const payload = Buffer.concat([Buffer.from(start), rest]);
        const key = role === 'server' ? Buffer.of(9, 8, 7, 6) : undefined;
        await expectAgreement(role, frameBytes({ opcode: 8, payload, key }), [1000]);
      },
    ),
  );
});
