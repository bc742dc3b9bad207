import type { Lab } from '../course.ts';
import type { ListedCheck, Verdict } from '../verdict.ts';

/**
 * What the workbook asks of the process that runs the checks. A lab to check goes whole, since a drill has its
 * file elsewhere; those to list go by their id: `03-frames`.
 */
export type Request = { kind: 'check'; lab: Lab } | { kind: 'list'; labs: string[] };

/** What that process says. `running` and `started` are signs of life on the way to an answer. */
export type Reply =
  | { kind: 'running' }
  | { kind: 'started'; check: string }
  | { kind: 'verdict'; verdict: Verdict }
  | { kind: 'list'; checks: Record<string, ListedCheck[]> }
  | { kind: 'failed'; problem: string };
