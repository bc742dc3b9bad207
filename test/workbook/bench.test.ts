import { expect, test } from 'vitest';
import { median, tooFewFiles } from '../bench/benchmark.ts';

test('A limit on open files that is too low is said in a sentence', () => {
  expect(tooFewFiles(10)).toBe(undefined);
  // Where there is no such limit, on Windows, nothing is ever too much.
  const sentence = tooFewFiles(Number.MAX_SAFE_INTEGER);
  if (sentence)
    expect(sentence).toMatch(/^This needs 9007199254740991 open files a process, and \d+ are allowed/);
});

test('The median of an even number of rounds is between the two in the middle', () => {
  expect(median([4, 1, 100, 2])).toBe(3);
  expect(median([7])).toBe(7);
});
