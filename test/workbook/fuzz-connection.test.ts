import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { converse, converseWithWs } from '../fuzz/conversing.ts';
import { differences } from '../fuzz/differences.ts';
import { mutated } from '../fuzz/mutations.ts';
import { printFrames } from '../fuzz/print.ts';
import { fuzz } from '../fuzz/property.ts';
import { chunkings, inChunks, read } from '../fuzz/reading.ts';
import { faultyStreams, type Role, soundStreams } from '../fuzz/streams.ts';
import { readWithWs } from '../fuzz/ws.ts';

// The connection of lab 06 over a socket in memory: what it tells its application, what it answers, how it ends.

/** Some tens of chunks: each is a turn of the event loop. */
function inTurns(stream: Buffer, lengths: readonly number[]): Buffer[] {
  const least = Math.ceil(stream.length / 40);
  return inChunks(
    stream,
    lengths.map((length) => Math.max(length, least)),
  );
}

const anyStream = (role: Role) =>
  fc.oneof(
    soundStreams(role),
    faultyStreams(role),
    mutated(fc.oneof(soundStreams(role), faultyStreams(role))),
  );

describe.each(['server', 'client'] as const)('a connection as %s', (role) => {
  fuzz(
    'tells what parser and assembler make of the stream, and answers pings, the Close, and the first fault',
    150,
    fc.asyncProperty(anyStream(role), chunkings, async (stream, lengths) => {
      const chunks = inTurns(stream.bytes, lengths);
      const expected = read(role, inTurns(stream.bytes, lengths));
      const { told, closed, errors, answered } = await converse(role, chunks);

      const close = expected.told.find((each) => each.startsWith('close'));
      const heard = expected.told.filter((each) => each !== close);
      expect(told).toEqual(heard);
      expect(errors).toBe(expected.fails ? 1 : 0);
      const code = close?.split(' ')[1] ?? '1006';
      expect(closed.split(' ')[0]).toBe(code);
      const pongs = heard
        .filter((each) => each.startsWith('ping'))
        .map((each) => each.replace('ping', 'pong'));
      const closes = close ? [`close ${code} ""`] : expected.fails ? [`close ${expected.fails} ""`] : [];
      expect(answered).toEqual([...pongs, ...closes]);
    }),
  );

  fuzz(
    'tells the same when it is paused and resumed at any moment',
    80,
    fc.asyncProperty(
      anyStream(role),
      chunkings,
      fc.infiniteStream(fc.constantFrom('pause', 'resume', 'nothing')),
      async (stream, lengths, acts) => {
        const chunks = inTurns(stream.bytes, lengths);
        const plain = await converse(role, inTurns(stream.bytes, lengths));
        const interrupted = await converse(role, chunks, (connection, chunk) => {
          const act = acts.next().value;
          if (chunk === chunks.length || act === 'resume') connection.resume();
          else if (act === 'pause') connection.pause();
        });
        expect(interrupted).toEqual(plain);
      },
    ),
  );

  fuzz(
    'tells, answers and ends as a WebSocket of ws',
    100,
    fc.asyncProperty(anyStream(role), chunkings, async (stream, lengths) => {
      const ours = await converse(role, inTurns(stream.bytes, lengths));
      const theirs = await converseWithWs(role, inTurns(stream.bytes, lengths));
      const reading = read(role, [Buffer.from(stream.bytes)]);
      const readingOfWs = await readWithWs(role, [Buffer.from(stream.bytes)]);
      if (differences.some(({ is }) => is(reading, readingOfWs, stream.bytes))) return;
      // ws sends a reason back with the code; §5.5.1 speaks of the code only.
      const answered = theirs.answered.map((each) => each.replace(/^(close \d+) .*/, '$1 ""'));
      expect(ours, `on\n${printFrames(stream.bytes)}`).toEqual({ ...theirs, answered });
    }),
  );
});
