import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Course, type Lab, readCourse, workbookRoot } from '../../workbook/course.ts';
import { writeStub } from '../../workbook/learner-file.ts';

const fixture = join('test', 'workbook', 'fixtures', 'course');

/** A course of two small labs in a folder of its own, with fresh stubs, made by the workbook's real parts. */
export class TinyCourse {
  readonly course: Course;
  readonly greet: Lab;
  readonly count: Lab;
  readonly #folder: string;

  constructor() {
    // The real path: macOS links its temporary folder, and a watcher reports the real one.
    this.#folder = realpathSync(mkdtempSync(join(tmpdir(), 'websocket-101-')));
    const root = join(this.#folder, fixture);
    cpSync(join(workbookRoot, fixture), root, { recursive: true });
    // At the same places as around the fixture, so that its imports hold in the copy.
    link('node_modules', join(this.#folder, 'node_modules'));
    link('test/support', join(this.#folder, 'test', 'support'));
    link('workbook', join(root, 'workbook'));
    this.course = readCourse(root);
    [this.greet, this.count] = this.course.labs;
    for (const lab of this.course.labs) writeStub(lab);
  }

  /** Saves a learner's file. */
  save(lab: Lab, source: string): void {
    writeFileSync(lab.stub, source);
  }

  /** Saves the solution as the learner's file, with one part of it replaced. */
  solve(lab: Lab, part = '', replacement = ''): void {
    const solution = readFileSync(lab.solution, 'utf8');
    if (!solution.includes(part)) throw new Error(`${lab.solution} has no part ${part}`);
    this.save(
      lab,
      solution.replace(part, () => replacement),
    );
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function link(path: string, at: string): void {
  mkdirSync(dirname(at), { recursive: true });
  symlinkSync(join(workbookRoot, path), at, 'junction');
}
