import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Course, Lab } from '../course.ts';

/** A small whole program in place of a learner's file. It checks the checks of its lab. */
export interface Program {
  lab: Lab;
  /** `wrong-masks-server-frames` */
  name: string;
  path: string;
  /** Its first comment: what its author should read (wrong), or what is special about it (right). */
  sentence: string;
}

/** The programs of a lab in test/programs/NN-name, by name. */
export function readPrograms(course: Course, lab: Lab): Program[] {
  const folder = join(course.root, 'test', 'programs', lab.id);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith('.ts'))
    .sort()
    .map((file) => {
      const path = join(folder, file);
      return { lab, name: basename(file, '.ts'), path, sentence: firstComment(readFileSync(path, 'utf8')) };
    });
}

/** The comment lines with which a file begins, as one sentence; '' if it begins otherwise. */
export function firstComment(source: string): string {
  const lines = source.split(/\r?\n/);
  const end = lines.findIndex((line) => !line.startsWith('// '));
  return lines
    .slice(0, end)
    .map((line) => line.slice(3).trim())
    .join(' ');
}
