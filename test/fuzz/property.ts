import fc from 'fast-check';
import { test } from 'vitest';

/** How long one property may take in `npm test`, in milliseconds; no limit once FUZZ_RUNS is set. */
const timeout = process.env.FUZZ_RUNS ? 0 : 30_000;

/**
 * A property as a test. `runs` is how often it is tried in `npm test`; FUZZ_RUNS sets another number for
 * all, FUZZ_SEED and FUZZ_PATH replay a failure, whose message says how.
 */
export function fuzz<T>(title: string, runs: number, property: fc.IProperty<T> | fc.IAsyncProperty<T>): void {
  test(title, { timeout }, async ({ task }) => {
    const details = await fc.check(property as fc.IRawProperty<T>, {
      numRuns: numberFrom('FUZZ_RUNS') ?? runs,
      seed: numberFrom('FUZZ_SEED'),
      path: process.env.FUZZ_PATH,
    });
    if (!details.failed) return;
    const report = await fc.asyncDefaultReportMessage(details);
    const replay = `FUZZ_SEED=${details.seed} FUZZ_PATH=${details.counterexamplePath}`;
    throw new Error(
      `${details.errorInstance}\n\n${report}\n\nReplay with ${replay}, and this test alone: -t "${task.name}"`,
    );
  });
}

function numberFrom(name: string): number | undefined {
  const text = process.env[name];
  if (!text) return undefined;
  if (!/^-?\d+$/.test(text)) throw new Error(`${name} is a whole number, not ${JSON.stringify(text)}`);
  return Number(text);
}
