import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { styleText } from 'node:util';
import { z } from 'zod';
import type { Course } from '../course.ts';
import { labTitle } from '../lab-title.ts';
import { localTime, minutesAndSeconds, minutesWord } from './times.ts';

const attemptSchema = z.object({
  /** `04-frame-parser`. */
  lab: z.string(),
  startedAt: z.iso.datetime(),
  /** Allowed. */
  minutes: z.number(),
  /** Core checks, at the end. */
  passed: z.number(),
  total: z.number(),
  /** From the start until all core checks first passed; absent if they never did. Milliseconds. */
  passedAfterMs: z.number().optional(),
});

/** What came of one drill. It stands beside the scratch copy, so drills that run at once do not meet. */
export type Attempt = z.infer<typeof attemptSchema>;

export function drillsFolder(course: Course): string {
  return join(course.root, '.workbook', 'drills');
}

/** Writes it whole or not at all. `folder`: the drill's own. */
export function keepAttempt(folder: string, attempt: Attempt): void {
  mkdirSync(folder, { recursive: true });
  const draft = join(folder, 'attempt.json.draft');
  writeFileSync(draft, `${JSON.stringify(attempt, null, 2)}\n`);
  renameSync(draft, join(folder, 'attempt.json'));
}

/** All attempts, the oldest first, one a line; a record that cannot be read is said, and harms no other. */
export function attemptTable(course: Course): string {
  const attempts: Attempt[] = [];
  const unreadable: string[] = [];
  for (const name of folderNames(drillsFolder(course))) {
    const file = join(drillsFolder(course), name, 'attempt.json');
    if (!existsSync(file)) continue;
    try {
      attempts.push(attemptSchema.parse(JSON.parse(readFileSync(file, 'utf8'))));
    } catch {
      unreadable.push(`.workbook/drills/${name}/attempt.json cannot be read.`);
    }
  }
  attempts.sort((a, b) => a.startedAt.localeCompare(b.startedAt));
  const titles = attempts.map(({ lab }) => titleOf(course, lab));
  const width = Math.max(...titles.map((title) => title.length));
  const lines = attempts.map(
    (attempt, at) =>
      `${localTime(Date.parse(attempt.startedAt))}  ${titles[at].padEnd(width)}  ${attemptWords(attempt)}`,
  );
  if (lines.length === 0) lines.push('No drill yet. Start one: npm run lab 04 -- --drill 30');
  return `${[...lines, ...unreadable].join('\n')}\n`;
}

/** What came of an attempt, in words. */
export function attemptWords({ passed, total, minutes, passedAfterMs }: Attempt): string {
  if (passedAfterMs === undefined)
    return `${passed} of ${total} core checks, ${minutesWord(minutes)} allowed`;
  const took = `✓ all core checks after ${minutesAndSeconds(passedAfterMs)}, ${minutesWord(minutes)} allowed`;
  return styleText('green', took);
}

function folderNames(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

/** `04  A streaming parser`; the id of a lab that is no more. */
function titleOf(course: Course, id: string): string {
  const lab = course.labs.find((candidate) => candidate.id === id);
  return lab ? `${lab.number}  ${labTitle(lab)}` : id;
}
