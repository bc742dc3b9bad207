import { stripVTControlCharacters } from 'node:util';
import type { SerializedError } from 'vitest';
import type { Course, Lab } from '../course.ts';

/** A sentence is cut here: a message that quotes a whole payload helps nobody. */
const longest = 2_000;

/** Says an error of a learner's program to the learner: what, and where in their file. */
export class ErrorWording {
  readonly #course: Course;
  readonly #lab: Lab;

  constructor(course: Course, lab: Lab) {
    this.#course = course;
    this.#lab = lab;
  }

  /** Of an error that failed one check. */
  ofCheck(error: SerializedError): string {
    if (error.name === 'Unfinished') return error.message;
    const timeout = /^Test timed out in (\d+)ms/.exec(error.message);
    if (timeout) {
      return `Nothing came within ${Number(timeout[1]) / 1000} seconds: the check awaits something that never happens.`;
    }
    return shortened(isAssertion(error) ? withDifference(error) : this.#thrown(error));
  }

  /** Of an error at import: no check could run. */
  ofImport(error: SerializedError): string {
    const what = this.#thrown(error);
    return shortened(this.#place(error) ? what : `${this.#lab.file} could not be loaded: ${what}`);
  }

  /** Of an error that no check caught: a rejected promise nobody awaits, an exception in a callback. */
  ofEscaped(error: SerializedError): string {
    const what =
      error.type === 'Unhandled Rejection'
        ? 'A promise was rejected and nobody handled it'
        : 'An exception escaped';
    return shortened(`${what}: ${this.#thrown(error)}`);
  }

  #thrown(error: SerializedError): string {
    const place = this.#place(error);
    const exit = /^process\.exit unexpectedly called/.test(error.message);
    const what = exit
      ? 'process.exit is called here, which would end the checks. Throw an error instead.'
      : `${error.name && error.name !== 'Error' ? `${error.name}: ` : ''}${this.#relative(error.message)}`;
    return place ? `${place}: ${what}` : what;
  }

  /** `labs/03-frames.ts:12`: the innermost line of the learner's file in the stack. */
  #place(error: SerializedError): string | undefined {
    const { file } = this.#lab;
    const line = new RegExp(`${file.replaceAll('.', '\\.')}:(\\d+):\\d+`).exec(
      slashed(error.stack ?? ''),
    )?.[1];
    return line ? `${file}:${line}` : undefined;
  }

  /** Without the absolute path of the course, and without who imported what: the place says that. */
  #relative(message: string): string {
    return slashed(message)
      .replace(/ imported from \S+$/, '')
      .replaceAll(`${slashed(this.#course.root)}/`, '');
  }
}

function isAssertion(error: SerializedError): boolean {
  return error.name === 'AssertionError' || error.name === 'AssertionError [ERR_ASSERTION]';
}

/** An assertion's own words, with the differing lines where they do not name both values in full. */
function withDifference(error: SerializedError): string {
  const message = error.message.replace(/ \/\/ Object\.is equality$/, '');
  const full = !message.includes('…') && !message.includes('\n');
  return full || !error.diff ? message : `${message}\n${error.diff}`;
}

function shortened(text: string): string {
  const plain = stripVTControlCharacters(text).trim();
  return plain.length > longest ? `${plain.slice(0, longest)} …` : plain;
}

function slashed(path: string): string {
  return path.replaceAll('\\', '/');
}
