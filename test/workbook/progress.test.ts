import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fingerprint } from '../../workbook/learner-file.ts';
import { Progress, passingLabs } from '../../workbook/progress.ts';
import { Workbench } from '../../workbook/runner/workbench.ts';
import { TinyCourse } from './tiny-course.ts';

let tiny: TinyCourse;

beforeEach(() => {
  tiny = new TinyCourse();
});

afterEach(() => tiny.remove());

const progressFile = () => join(tiny.course.root, '.workbook', 'progress.json');

test('a verdict survives a restart, until the file changes', async () => {
  tiny.solve(tiny.greet, '0x81', '0x82');
  const workbench = new Workbench(tiny.course);
  await workbench.judge(tiny.greet);
  await workbench.close();
  expect(new Progress(tiny.course).current(tiny.greet)).toMatchObject({
    state: 'failing',
    passed: 1,
    total: 2,
  });
  tiny.solve(tiny.greet);
  expect(new Progress(tiny.course).current(tiny.greet)).toBeUndefined();
});

test('a changed check makes a verdict out of date', () => {
  tiny.solve(tiny.greet);
  const before = fingerprint(tiny.greet);
  writeFileSync(tiny.greet.checks, `${readFileSync(tiny.greet.checks, 'utf8')}\n`);
  expect(fingerprint(tiny.greet)).not.toBe(before);
});

test.each(['{"01-greet":', '[]', 'null'])(
  'a progress file of %s is kept aside and started afresh',
  (text) => {
    mkdirSync(join(tiny.course.root, '.workbook'));
    writeFileSync(progressFile(), text);
    const progress = new Progress(tiny.course);
    expect(progress.problem).toMatch(/^Your progress in .workbook\/progress\.json could not be read/);
    expect(progress.current(tiny.greet)).toBeUndefined();
    expect(existsSync(progressFile())).toBe(false);
    const verdict = { lab: '01-greet', state: 'passed', checks: [], durationMs: 1 } as const;
    progress.record({ ...verdict, checks: [] }, fingerprint(tiny.greet) ?? '');
    expect(new Progress(tiny.course).current(tiny.greet)?.state).toBe('passed');
  },
);

test('the passing labs are those whose file passes as it is now', async () => {
  tiny.solve(tiny.greet);
  expect((await passingLabs(tiny.course)).map(({ id }) => id)).toEqual(['01-greet']);
  tiny.solve(tiny.greet, '0x81', '0x82');
  tiny.solve(tiny.count);
  expect((await passingLabs(tiny.course)).map(({ id }) => id)).toEqual(['02-count']);
});
