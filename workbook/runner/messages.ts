import type { ListedCheck, Verdict } from '../verdict.ts';

/** What the workbook asks of the process that runs the checks. Labs go by their id: `03-frames`. */
export type Request = { kind: 'check'; lab: string } | { kind: 'list'; labs: string[] };

/** What that process says. `running` and `started` are signs of life on the way to an answer. */
export type Reply =
  | { kind: 'running' }
  | { kind: 'started'; check: string }
  | { kind: 'verdict'; verdict: Verdict }
  | { kind: 'list'; checks: Record<string, ListedCheck[]> }
  | { kind: 'failed'; problem: string };
