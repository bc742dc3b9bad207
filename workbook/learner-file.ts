import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { type Course, hasStub, type Lab } from './course.ts';
import { makeStub } from './stubs.ts';

/** The stub of a lab as its solution makes it now, its relative imports as the place of the stub wants them. */
function freshStub(lab: Lab): string {
  const [from, to] = [dirname(lab.solution), dirname(lab.stub)];
  return makeStub(readFileSync(lab.solution, 'utf8'), lab.solution).replace(
    /(?<=\bfrom ')\.\.\/[^']+/g,
    (path) => relative(to, join(from, path)).replaceAll('\\', '/'),
  );
}

/** True while the learner has written nothing: the file is the fresh stub, or not there. */
export function isUntouched(lab: Lab): boolean {
  return !hasStub(lab) || withUnixLines(readFileSync(lab.stub, 'utf8')) === withUnixLines(freshStub(lab));
}

/** What a verdict depends on: the learner's file and the checks. Undefined when the file is not there. */
export function fingerprint(lab: Lab): string | undefined {
  if (!hasStub(lab)) return undefined;
  const hash = createHash('sha256').update(readFileSync(lab.stub));
  if (existsSync(lab.checks)) hash.update(readFileSync(lab.checks));
  return hash.digest('hex');
}

/**
 * Writes the fresh stub over the learner's file, after keeping what was there in `.workbook/backups`.
 * Returns the path of that copy, relative to the course; undefined when nothing of the learner's was there.
 */
export function resetLab(course: Course, lab: Lab, now = new Date()): string | undefined {
  const backup = isUntouched(lab) ? undefined : backUp(course, lab, now);
  writeStub(lab);
  return backup;
}

/** Writes the fresh stub over whatever is there. */
export function writeStub(lab: Lab): void {
  mkdirSync(dirname(lab.stub), { recursive: true });
  writeFileSync(lab.stub, freshStub(lab));
}

function backUp(course: Course, lab: Lab, now: Date): string {
  const folder = join(course.root, '.workbook', 'backups');
  mkdirSync(folder, { recursive: true });
  const time = now.toISOString().slice(0, 19).replaceAll(':', '-');
  const path = freePath(join(folder, `${lab.id}.${time}`));
  copyFileSync(lab.stub, path);
  return relative(course.root, path);
}

/** Two backups in one second get two names. */
function freePath(stem: string): string {
  let path = `${stem}.ts`;
  for (let count = 2; existsSync(path); count++) path = `${stem}-${count}.ts`;
  return path;
}

/** Git may check files out with CRLF on Windows; that is not the learner's doing. */
function withUnixLines(text: string): string {
  return text.replaceAll('\r\n', '\n');
}
