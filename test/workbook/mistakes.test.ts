import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { workbookRoot } from '../../workbook/course.ts';
import { type Mistakes, readMistakes, recogniseMistake } from '../../workbook/mistakes.ts';
import { firstComment } from '../../workbook/programs/program.ts';
import type { CheckResult, Verdict } from '../../workbook/verdict.ts';
import { TinyCourse } from './tiny-course.ts';

describe('a known mistake', () => {
  const mistakes: Mistakes = {
    '01-greet': {
      'wrong-a': { sentence: 'It is a.', fails: ['one', 'two'] },
      'wrong-b': { sentence: 'It is b.', fails: ['three'] },
      'wrong-c': { sentence: 'It is c.', fails: ['three'] },
    },
  };
  const verdictFailing = (...titles: string[]): Verdict => ({
    lab: '01-greet',
    state: 'failing',
    checks: ['one', 'two', 'three', 'four'].map(
      (title): CheckResult => ({
        title,
        rfc: '6455 §5.2',
        hint: ['', ''],
        stretch: title === 'four',
        state: titles.includes(title) ? 'failed' : 'passed',
      }),
    ),
    durationMs: 1,
  });

  test('is recognised by exactly its failing core checks', () => {
    expect(recogniseMistake(mistakes, verdictFailing('one', 'two'))).toBe('It is a.');
    expect(recogniseMistake(mistakes, verdictFailing('one', 'two', 'four'))).toBe('It is a.');
    expect(recogniseMistake(mistakes, verdictFailing('one'))).toBeUndefined();
    expect(recogniseMistake(mistakes, verdictFailing('one', 'two', 'three'))).toBeUndefined();
  });

  test('is recognised while other functions are not written yet', () => {
    const verdict = verdictFailing('one', 'two');
    const [one, two, ...rest] = verdict.checks;
    const half = { ...verdict, checks: [one, { ...two, unfinished: true as const }, ...rest] };
    expect(recogniseMistake(mistakes, half)).toBe('It is a.');
    const nothing = [one, two].map((check) => ({ ...check, unfinished: true as const }));
    expect(recogniseMistake(mistakes, { ...verdict, checks: [...nothing, ...rest] })).toBeUndefined();
  });

  test('is not guessed where two fail alike, or in another lab', () => {
    expect(recogniseMistake(mistakes, verdictFailing('three'))).toBeUndefined();
    expect(recogniseMistake(mistakes, { ...verdictFailing('one', 'two'), lab: '02-count' })).toBeUndefined();
    expect(recogniseMistake(mistakes, { ...verdictFailing('one', 'two'), state: 'broken' })).toBeUndefined();
  });
});

test('a program begins with its sentence', () => {
  expect(firstComment('// It is wrong,\n// really.\nexport const a = 1;\n')).toBe('It is wrong, really.');
  expect(firstComment("export * from './a.ts';\n// Too late.\n")).toBe('');
});

test('npm run programs judges the checks, and writes what it found', async () => {
  const tiny = new TinyCourse();
  onTestFinished(() => tiny.remove());
  const programs = (...args: string[]) =>
    promisify(execFile)(process.execPath, [join(workbookRoot, 'workbook', 'run.mjs'), 'programs', ...args], {
      env: { ...process.env, WORKBOOK_ROOT: tiny.course.root },
    });
  // Its programs are too few on purpose: the command says so, and fails.
  const failure = {
    code: 1,
    stdout: expect.stringContaining('right-hex     passes'),
    stderr: expect.stringContaining('test/programs/01-greet: 6 wrong programs are wanted, 2 there'),
  };
  await expect(programs()).rejects.toMatchObject(failure);
  expect(readMistakes(tiny.course)['01-greet']).toEqual({
    'wrong-binary': {
      sentence: 'Your greeting is a binary frame; text has opcode 1 (RFC 6455 §5.2).',
      fails: ['The greeting is one text frame'],
    },
    'wrong-silent': {
      sentence: "Your pong is always empty; it carries the ping's payload (RFC 6455 §5.5.3).",
      fails: ['A ping is answered with its own payload'],
    },
  });
});
