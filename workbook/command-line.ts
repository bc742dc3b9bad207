import { Command, InvalidArgumentError } from 'commander';
import { type Course, findLab, type Lab, readCourse, workbookRoot } from './course.ts';

/** A command of the workbook. Wrong usage is one sentence and exit code 2. */
export function commandLine(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, '')) })
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));
}

/** The course the commands work on. `WORKBOOK_ROOT` names another, as the workbook's own tests do. */
export function currentCourse(): Course {
  return readCourse(process.env.WORKBOOK_ROOT ?? workbookRoot);
}

/** The lab a person named, or one sentence and exit code 2. */
export function labNamed(course: Course, wanted: string): Lab {
  const lab = findLab(course, wanted);
  if (lab) return lab;
  const [first, last] = [course.labs[0], course.labs.at(-1)];
  return usageError(
    `There is no lab "${wanted}". The labs are ${first?.number} to ${last?.number}: npm run lab list`,
  );
}

/** Says what is wrong with how the command was called, and ends it. */
export function usageError(sentence: string): never {
  console.error(sentence);
  process.exit(2);
}

/** Reads the value of `--port`. */
export function parsePort(value: string): number {
  const port = /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN;
  if (port <= 65_535) return port;
  throw new InvalidArgumentError('A port is a whole number from 0 to 65535.');
}
