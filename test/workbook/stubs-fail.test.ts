import { cpSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Course, readCourse, workbookRoot } from '../../workbook/course.ts';
import { writeStub } from '../../workbook/learner-file.ts';
import { CheckRunner } from '../../workbook/runner/check-runner.ts';

// In a copy of the workbook: the files in labs/ may be a learner's.
let course: Course;
let runner: CheckRunner;

beforeAll(() => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'websocket-101-stubs-')));
  for (const path of ['package.json', 'solutions', 'test', 'workbook']) {
    cpSync(join(workbookRoot, path), join(root, path), { recursive: true });
  }
  symlinkSync(join(workbookRoot, 'node_modules'), join(root, 'node_modules'), 'junction');
  course = readCourse(root);
  for (const lab of course.labs) writeStub(lab);
  runner = new CheckRunner(course);
});

afterAll(async () => {
  await runner.close();
  rmSync(course.root, { recursive: true, force: true });
});

const ids = readCourse(workbookRoot).labs.map(({ id }) => id);

test.each(ids)('%s: the fresh stub fails every core check', async (id) => {
  const lab = course.labs.find((candidate) => candidate.id === id);
  if (!lab) throw new Error(`The copy has no lab ${id}`);
  const { state, problem, checks } = await runner.check(lab);
  expect(state, problem).toBe('failing');
  for (const check of checks.filter(({ stretch }) => !stretch)) {
    expect.soft(check.state, check.title).toBe('failed');
    // By an assertion or `Unfinished`: never by another exception, and never by waiting in vain.
    expect.soft(check.message, check.title).not.toMatch(/^(labs\/|\w*Error: |Nothing came within)/);
  }
});
