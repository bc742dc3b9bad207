import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Course } from './course.ts';
import type { CheckResult, Verdict } from './verdict.ts';

/** A known wrong program of a lab: the sentence its author should read, and the core checks it fails. */
export interface Mistake {
  sentence: string;
  fails: string[];
}

/** By lab id, then by the name of the wrong program. Written by `npm run programs`. */
export type Mistakes = Record<string, Record<string, Mistake>>;

export function mistakesFile(course: Course): string {
  return join(course.root, 'test', 'programs', 'mistakes.json');
}

/** The known mistakes; none before the programs of a course have first been run. */
export function readMistakes(course: Course): Mistakes {
  const file = mistakesFile(course);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Mistakes) : {};
}

/** The known mistakes as their file holds them, formatted as Biome does it: a list on one line where it fits. */
export function mistakesText(mistakes: Mistakes): string {
  const sorted = Object.fromEntries(Object.entries(mistakes).sort());
  const text = JSON.stringify(sorted, null, 2);
  const lists = /^( *"fails": )\[\n((?: {8}".*\n)+) *\]$/gm;
  const short = text.replace(lists, (list, key: string, titles: string) => {
    const line = `${key}[${titles.trim().replace(/\n */g, ' ')}]`;
    return line.length <= 110 ? line : list;
  });
  return `${short}\n`;
}

/**
 * The sentence of the one known mistake that fails exactly the core checks this verdict fails. Checks that
 * ended at a function not written yet are left out on both sides: half a lab can hold a whole mistake.
 */
export function recogniseMistake(mistakes: Mistakes, verdict: Verdict): string | undefined {
  if (verdict.state !== 'failing') return undefined;
  const failed = new Set(titles(verdict, (check) => check.state === 'failed' && !check.unfinished));
  const unfinished = new Set(titles(verdict, (check) => check.unfinished === true));
  if (failed.size === 0) return undefined;
  const same = Object.values(mistakes[verdict.lab] ?? {}).filter(({ fails }) => {
    const judged = fails.filter((title) => !unfinished.has(title));
    return judged.length === failed.size && judged.every((title) => failed.has(title));
  });
  return same.length === 1 ? same[0].sentence : undefined;
}

/** The titles of a verdict's core checks of some kind. */
function titles({ checks }: Verdict, wanted: (check: CheckResult) => boolean): string[] {
  return checks.filter((check) => !check.stretch && wanted(check)).map(({ title }) => title);
}
