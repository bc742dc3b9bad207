// The small form: pages load it.
import * as z from 'zod/mini';
import { levels } from '../../interview/topics.ts';
import { storageKeys } from './storage.ts';

const lastInterview = z.object({
  /** When it ended, in ms since 1970. */
  at: z.number(),
  level: z.enum(levels),
  /** As planned. */
  minutes: z.number(),
  /** Of all marks given, 1 to 4. */
  mean: z.number().check(z.minimum(1), z.maximum(4)),
});

/** The last mock interview of which anything was graded. */
export type LastInterview = z.infer<typeof lastInterview>;

/** Undefined where this browser has kept none, or none that can be read. */
export function loadLastInterview(): LastInterview | undefined {
  try {
    return lastInterview.parse(JSON.parse(localStorage.getItem(storageKeys.lastInterview) ?? ''));
  } catch {
    return undefined;
  }
}

/** Does nothing where the browser keeps nothing: it is only shown, never needed. */
export function keepLastInterview(interview: LastInterview): void {
  try {
    localStorage.setItem(storageKeys.lastInterview, JSON.stringify(interview));
  } catch {
    // A private window that is full, say.
  }
}
