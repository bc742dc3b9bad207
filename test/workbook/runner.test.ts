import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { workbookRoot } from '../../workbook/course.ts';
import { writeStub } from '../../workbook/learner-file.ts';
import { CheckRunner, listChecks } from '../../workbook/runner/check-runner.ts';
import type { Verdict } from '../../workbook/verdict.ts';
import { TinyCourse } from './tiny-course.ts';

describe('the check runner', () => {
  let tiny: TinyCourse;
  let runner: CheckRunner;

  beforeAll(() => {
    tiny = new TinyCourse();
    runner = new CheckRunner(tiny.course);
  });

  afterAll(async () => {
    await runner.close();
    tiny.remove();
  });

  /** The verdict on lab 01 with one part of its solution replaced. */
  const judge = (part: string, replacement: string): Promise<Verdict> => {
    tiny.solve(tiny.greet, part, replacement);
    return runner.check(tiny.greet);
  };
  /** The verdict on lab 01 solved, with a line added at the top. */
  const judgeWith = (line: string) => judge('', `${line}\n`);

  test('a right file passes, and each check says what it is', async () => {
    const verdict = await judgeWith('');
    expect(verdict).toMatchObject({ lab: '01-greet', state: 'passed' });
    expect(verdict.checks).toEqual([
      {
        title: 'The greeting is one text frame',
        rfc: '6455 §5.2',
        hint: ['Which bits does the first byte hold?', 'FIN is 1 and the opcode is 1.'],
        stretch: false,
        state: 'passed',
      },
      expect.objectContaining({ title: 'A ping is answered with its own payload', stretch: false }),
      expect.objectContaining({ title: 'An empty ping is answered too', stretch: true }),
    ]);
  });

  test('wrong bytes fail with a drawing', async () => {
    const verdict = await judge('0x81', '0x82');
    expect(verdict.state).toBe('failing');
    const [greeting] = verdict.checks;
    expect(greeting).toMatchObject({ state: 'failed', message: 'The greeting: the opcode field differs' });
    expect(greeting.drawing?.rows.map(({ label }) => label)).toEqual(['expected', 'actual']);
  });

  test('a wrong value fails with what was expected and what came', async () => {
    const { checks } = await judge('return payload', "return payload + 'x'");
    expect(checks[1]).toMatchObject({ state: 'failed', message: "expected 'ax' to be 'a'" });
  });

  test('a stretch check alone does not keep a lab from passing', async () => {
    const verdict = await judge('return payload', "return payload || 'x'");
    expect(verdict.state).toBe('passed');
    expect(verdict.checks[2].state).toBe('failed');
  });

  test('a fresh stub fails every core check by Unfinished', async () => {
    writeStub(tiny.greet);
    const { checks } = await runner.check(tiny.greet);
    expect(checks.map(({ message }) => message)).toEqual([
      '01-greet: greet is not written yet',
      '01-greet: answer is not written yet',
      '01-greet: answer is not written yet',
    ]);
  });

  test('an exception in the file names its line', async () => {
    const { checks } = await judge('return payload', 'return (undefined as unknown as string).trim()');
    expect(checks[1].message).toBe(
      "labs/01-greet.ts:11: TypeError: Cannot read properties of undefined (reading 'trim')",
    );
  });

  test('what the file prints comes with the verdict', async () => {
    const { printed } = await judge(
      'return payload',
      "console.log('the payload', payload);\n  return payload",
    );
    expect(printed).toContain('the payload a\n');
  });

  test('three checks that wait in vain are enough: the others are not tried', async () => {
    writeFileSync(
      tiny.count.checks,
      `import { check } from '../../../../support/check.ts';
       for (let at = 0; at < 5; at++) {
         check('check ' + at, { rfc: '6455', hint: ['', ''] }, () => new Promise(() => {}));
       }`,
    );
    tiny.solve(tiny.count);
    const { state, checks } = await runner.check(tiny.count);
    cpSync(join(workbookRoot, 'test/workbook/fixtures/course/test/02-count.test.ts'), tiny.count.checks);
    expect(state).toBe('failing');
    expect(checks.map((check) => check.state)).toEqual(['failed', 'failed', 'failed', 'waiting', 'waiting']);
    expect(checks[0].message).toBe(
      'Nothing came within 2 seconds: the check awaits something that never happens.',
    );
  });

  test.each([
    [
      'a syntax error',
      'export function (',
      'labs/01-greet.ts:1: Expected identifier but found "(". The file is not valid TypeScript here.',
    ],
    ['an exception at import', "throw new RangeError('no')", 'labs/01-greet.ts:1: RangeError: no'],
    ['a thrown string', "throw 'no'", 'labs/01-greet.ts could not be loaded: no'],
    [
      'an import of nothing',
      "import './nothing.ts'",
      "labs/01-greet.ts:1: Cannot find module './nothing.ts'",
    ],
    [
      'process.exit',
      'process.exit(0)',
      'labs/01-greet.ts:1: process.exit is called here, which would end the checks. Throw an error instead.',
    ],
    [
      'an unhandled rejection',
      "Promise.reject(new Error('lost'))",
      'A promise was rejected and nobody handled it: labs/01-greet.ts:1: lost',
    ],
    [
      'an exception in a callback',
      "queueMicrotask(() => { throw new Error('late'); })",
      'An exception escaped: labs/01-greet.ts:1: late',
    ],
  ])('%s is one sentence', async (_name, line, sentence) => {
    expect(await judgeWith(line)).toMatchObject({ state: 'broken', problem: sentence });
  });

  test('a missing export is one sentence', async () => {
    const { state, problem } = await judge('export async function answer', 'async function answer');
    expect(state).toBe('broken');
    expect(problem).toBe(
      'labs/01-greet.ts no longer exports `answer`, which the checks or later labs import.',
    );
  });

  test('an empty file and a missing file say how to get a fresh one', async () => {
    tiny.save(tiny.greet, '\n');
    expect((await runner.check(tiny.greet)).problem).toBe(
      'labs/01-greet.ts is empty. `npm run lab reset 01` writes a fresh one.',
    );
    rmSync(tiny.greet.stub);
    expect((await runner.check(tiny.greet)).problem).toBe(
      'labs/01-greet.ts is not there. `npm run lab reset 01` writes a fresh one.',
    );
  });

  test('a lab is judged on reference dependencies', async () => {
    tiny.save(tiny.greet, 'this is not TypeScript');
    tiny.solve(tiny.count);
    expect((await runner.check(tiny.count)).state).toBe('passed');
  });

  test('the checks are listed without running a line of the learner', async () => {
    tiny.save(tiny.greet, 'for (;;);');
    const lists = await listChecks(tiny.course);
    expect(Object.keys(lists)).toEqual(['01-greet', '02-count']);
    expect(lists['01-greet']).toHaveLength(3);
    expect(lists['02-count']).toEqual([
      {
        title: 'The greeting takes four bytes',
        rfc: '6455 §5.2',
        hint: ['How long is the header?', 'Two bytes and the payload.'],
        stretch: false,
      },
    ]);
  });
});

describe('an endless loop', () => {
  let tiny: TinyCourse;

  beforeAll(() => {
    tiny = new TinyCourse();
  });

  afterAll(() => tiny.remove());

  test('in a check: the verdict names the check, and the next request is served', async () => {
    const runner = new CheckRunner(tiny.course, { importMs: 20_000, checkMs: 3_000 });
    tiny.solve(tiny.greet, 'return payload', 'for (;;);');
    const looping = await runner.check(tiny.greet);
    expect(looping).toMatchObject({
      state: 'broken',
      problem:
        'labs/01-greet.ts never came back in the check "A ping is answered with its own payload": an endless loop.',
    });
    tiny.solve(tiny.greet);
    expect((await runner.check(tiny.greet)).state).toBe('passed');
    await runner.close();
  });

  test('at import: the verdict says so', async () => {
    const runner = new CheckRunner(tiny.course, { importMs: 4_000, checkMs: 3_000 });
    tiny.solve(tiny.greet, '', 'for (;;);\n');
    expect(await runner.check(tiny.greet)).toMatchObject({
      state: 'broken',
      problem: 'labs/01-greet.ts never finished loading: an endless loop at its top level.',
    });
    await runner.close();
  });

  test('the runner can be closed in the middle of it', async () => {
    const runner = new CheckRunner(tiny.course);
    tiny.solve(tiny.greet, '', 'for (;;);\n');
    const verdicts = [runner.check(tiny.greet), runner.check(tiny.count)];
    await runner.close();
    expect((await Promise.all(verdicts)).map(({ state }) => state)).toEqual(['broken', 'broken']);
  });
});
