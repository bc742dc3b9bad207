import { expect } from 'vitest';

/** Beside what grows with the stream: Node's pool of small buffers, 8 KiB at a time, and a block to copy in. */
const constantBytes = 256 * 1024;
/** Bytes for each byte that came: cut headers copied again, room that grows four times, fragments joined. */
const bytesForOne = 48;

/**
 * Runs `act`, and expects that buffers were made for what came, and not for what a header claims. What the
 * garbage collector takes meanwhile is not seen: the sum can be too small, never too large.
 */
export function inMemoryFor<T>(bytesThatCame: number, act: () => T): T {
  const before = process.memoryUsage().arrayBuffers;
  const result = act();
  const made = process.memoryUsage().arrayBuffers - before;
  const allowed = constantBytes + bytesForOne * bytesThatCame;
  expect(made, `bytes of buffers made for a stream of ${bytesThatCame} bytes`).toBeLessThan(allowed);
  return result;
}
