import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { workbookRoot } from '../../workbook/course.ts';
import { isUntouched } from '../../workbook/learner-file.ts';
import { TinyCourse } from './tiny-course.ts';

const run = join(workbookRoot, 'workbook', 'run.mjs');
let tiny: TinyCourse;

beforeAll(() => {
  tiny = new TinyCourse();
});

afterAll(() => tiny.remove());

/** Plain output, on the tiny course. */
function environment(): NodeJS.ProcessEnv {
  const { FORCE_COLOR: _, ...rest } = process.env;
  return { ...rest, WORKBOOK_ROOT: tiny.course.root, NO_COLOR: '1' };
}

/** What `npm run lab` prints and ends with. */
function lab(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [run, 'lab', ...args], { env: environment() }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

test('check of a lab that fails: the check in full, exit code 1', async () => {
  tiny.solve(tiny.greet, '0x81', '0x82');
  const { code, stdout } = await lab('check', '1');
  expect(code).toBe(1);
  expect(stdout).toContain('✗ The greeting is one text frame');
  expect(stdout).toContain('^^^^^^');
});

test('check of a lab that passes: exit code 0, and the list shows it', async () => {
  tiny.solve(tiny.greet);
  expect(await lab('check', '01-greet')).toMatchObject({ code: 0, stderr: '' });
  expect((await lab('list')).stdout).toBe('01  Greet  ✓ passed, 2 of 2 checks\n02  Count  · not begun\n');
});

test('check of a fresh stub says so, exit code 1', async () => {
  expect(await lab('check', '02')).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('Lab 02-count: the fresh stub, nothing is written yet'),
  });
});

test('reset keeps the file it replaces, and says where', async () => {
  tiny.save(tiny.greet, 'export const mine = 1;\n');
  const { code, stdout } = await lab('reset', '01');
  expect(code).toBe(0);
  const backups = join(tiny.course.root, '.workbook', 'backups');
  const [backup] = readdirSync(backups);
  expect(stdout).toContain(backup);
  expect(readFileSync(join(backups, backup), 'utf8')).toBe('export const mine = 1;\n');
  expect(isUntouched(tiny.greet)).toBe(true);
});

test('diff shows the file against the solution', async () => {
  tiny.solve(tiny.greet, '0x81', '0x82');
  const { code, stdout } = await lab('diff', '01');
  expect(code).toBe(0);
  expect(stdout).toContain('-  return Buffer.from([0x82, 2, 0x68, 0x69]);\n');
  expect(stdout).toContain('+  return Buffer.from([0x81, 2, 0x68, 0x69]);\n');
});

test.each([
  [['9'], 'There is no lab "9". The labs are 01 to 02: npm run lab list'],
  [['check', 'x'], 'There is no lab "x". The labs are 01 to 02: npm run lab list'],
  [['check'], "missing required argument 'lab'"],
  [['--fast'], "unknown option '--fast'"],
  [['list', '--fast'], "unknown option '--fast'"],
])('lab %j is one sentence and exit code 2', async (args, sentence) => {
  expect(await lab(...args)).toEqual({ code: 2, stdout: '', stderr: `${sentence}\n` });
});

test('without a terminal the watch prints plain verdicts, and ends on a signal', async () => {
  tiny.solve(tiny.greet, '0x81', '0x82');
  const watch = spawn(process.execPath, [run, 'lab', '01'], {
    env: environment(),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  watch.stdout.setEncoding('utf8');
  const printed = async (wanted: string) => {
    for (let text = ''; !text.includes(wanted); ) text += (await once(watch.stdout, 'data'))[0];
  };
  await printed('Lab 01-greet: 1 of 2 checks pass');
  const passed = printed('Lab 01-greet: passed');
  tiny.solve(tiny.greet);
  await passed;
  const ended = once(watch, 'exit');
  watch.kill('SIGTERM');
  const [code, signal] = await ended;
  // Windows has no signals to catch: the process is ended from outside there.
  expect(process.platform === 'win32' || code === 0, `${code} ${signal}`).toBe(true);
});
