import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { type Lab, workbookRoot } from '../../workbook/course.ts';
import { attemptTable } from '../../workbook/drills/attempts.ts';
import { Drill } from '../../workbook/drills/drill.ts';
import { isUntouched } from '../../workbook/learner-file.ts';
import { Progress } from '../../workbook/progress.ts';
import { CheckRunner } from '../../workbook/runner/check-runner.ts';
import { Workbench } from '../../workbook/runner/workbench.ts';
import type { Verdict } from '../../workbook/verdict.ts';
import { WatchSession } from '../../workbook/watch/session.ts';
import { TinyCourse } from './tiny-course.ts';

const noon = new Date(2026, 10, 22, 12).getTime();
const minute = 60_000;
/** What the learner has in labs/, as far from a solution as can be. */
const ownFile = 'this is not TypeScript\n';

let tiny: TinyCourse;

beforeAll(() => {
  tiny = new TinyCourse();
  for (const lab of tiny.course.labs) tiny.save(lab, ownFile);
});

afterAll(() => tiny.remove());

afterEach(() => {
  for (const lab of tiny.course.labs) expect(readFileSync(lab.stub, 'utf8')).toBe(ownFile);
  expect(existsSync(join(tiny.course.root, '.workbook', 'progress.json'))).toBe(false);
});

/** Time that only a test moves, with the one timer that a drill has. */
class HandClock {
  ms = noon;
  #timer: { run: () => void; at: number } | undefined;

  now(): number {
    return this.ms;
  }

  setTimeout(run: () => void, ms: number): unknown {
    this.#timer = { run, at: this.ms + ms };
    return this.#timer;
  }

  clearTimeout(): void {
    this.#timer = undefined;
  }

  pass(ms: number): void {
    const end = this.ms + ms;
    for (let timer = this.#timer; timer && timer.at <= end; timer = this.#timer) {
      this.#timer = undefined;
      this.ms = timer.at;
      timer.run();
    }
    this.ms = end;
  }
}

function verdict(lab: Lab, state: Verdict['state'], passed: number, total = 2): Verdict {
  const checks = Array.from({ length: total }, (_, at) => ({
    title: `check ${at}`,
    rfc: '6455',
    hint: ['', ''] as const,
    stretch: false,
    state: at < passed ? ('passed' as const) : ('failed' as const),
  }));
  return { lab: lab.id, state, checks, durationMs: 1 };
}

describe('the scratch copy', () => {
  test('is the fresh stub in a folder of its own by date and lab, and nothing is overwritten', () => {
    const clock = new HandClock();
    const drill = new Drill(tiny.course, tiny.greet, 30, clock);
    expect(drill.lab.file).toBe('.workbook/drills/2026-11-22-01/01-greet.ts');
    expect(isUntouched(drill.lab)).toBe(true);
    expect(readFileSync(drill.lab.stub, 'utf8')).toContain("from '../../../workbook/unfinished.ts'");
    const other = new Drill(tiny.course, tiny.greet, 30, clock);
    expect(other.lab.file).toBe('.workbook/drills/2026-11-22-01-2/01-greet.ts');
  });

  describe('is judged', () => {
    let runner: CheckRunner;
    let drill: Drill;

    beforeAll(() => {
      drill = new Drill(tiny.course, tiny.greet, 30);
      runner = new CheckRunner(drill.course, { importMs: 20_000, checkMs: 3_000 });
    });

    afterAll(() => runner.close());

    const judge = (part: string, replacement: string): Promise<Verdict> => {
      saveSolution(drill.lab, part, replacement);
      return runner.check(drill.lab);
    };

    test('in place of the learner’s file, which may be anything', async () => {
      expect(await runner.check(drill.lab)).toMatchObject({
        state: 'failing',
        checks: [{ message: '01-greet: greet is not written yet' }, {}, {}],
      });
      expect((await judge('', '')).state).toBe('passed');
      expect((await judge('0x81', '0x82')).checks[0]).toMatchObject({ state: 'failed', drawing: {} });
    });

    test('on reference dependencies', async () => {
      const second = new Drill(tiny.course, tiny.count, 30);
      saveSolution(second.lab);
      expect((await runner.check(second.lab)).state).toBe('passed');
    });

    test('with a sentence for what keeps it from running', async () => {
      const { file } = drill.lab;
      expect((await judge('', 'export function (\n')).problem).toMatch(`${file}:1: Expected identifier`);
      expect((await judge('', "throw new RangeError('no');\n")).problem).toBe(`${file}:1: RangeError: no`);
      writeFileSync(drill.lab.stub, '\n');
      expect((await runner.check(drill.lab)).problem).toBe(`${file} is empty. The key r writes a fresh one.`);
    });

    test('with a sentence for a crash in a check, and for an endless loop', async () => {
      const { checks } = await judge('return payload', 'return (undefined as unknown as string).trim()');
      expect(checks[1].message).toContain(`${drill.lab.file}:11: TypeError`);
      expect((await judge('return payload', 'for (;;);')).problem).toBe(
        `${drill.lab.file} never came back in the check "A ping is answered with its own payload": an endless loop.`,
      );
    });
  });
});

describe('the watch of a drill', () => {
  let screen = '';
  let drawn = 0;
  let clock: HandClock;
  let drill: Drill;
  let workbench: Workbench;
  let session: WatchSession;
  let stopClock: () => void;

  beforeEach(() => {
    forgetDrills();
    clock = new HandClock();
    drill = new Drill(tiny.course, tiny.greet, 30, clock);
    workbench = new Workbench(drill.course, new Progress(drill.course, drill.folder));
    workbench.on('verdict', ({ verdict }) => drill.record(verdict));
    const terminal = {
      columns: () => 80,
      show: (text: string) => {
        screen = text;
        drawn++;
      },
    };
    session = new WatchSession(workbench, drill.lab, terminal, () => {}, drill);
    stopClock = drill.eachMinute(() => session.tick());
    session.draw();
  });

  afterEach(async () => {
    stopClock();
    session.close();
    await workbench.close();
  });

  const nextVerdict = async (): Promise<Verdict> => (await once(workbench, 'verdict'))[0].verdict;

  test('shows the time left and the path to open', () => {
    expect(screen).toMatch(/^30 of 30 minutes left\n/);
    expect(screen).toContain('Lab 01 · Greet\n.workbook/drills/2026-11-22-01/01-greet.ts\n');
    expect(screen).toContain('\nr reset · s solution · q quit\n');
  });

  test('draws the time once a minute, and goes on when it is over', () => {
    const before = drawn;
    clock.pass(2 * minute);
    expect(drawn).toBe(before + 2);
    expect(screen).toMatch(/^28 of 30 minutes left\n/);
    clock.pass(28 * minute);
    expect(screen).toMatch(/^30 minutes, over; nothing is cut off\n/);
    clock.pass(minute);
    expect(screen).toMatch(/^30 minutes, over by 1 minute; nothing is cut off\n/);
  });

  test('leaves a page that is being read alone', () => {
    session.key('s');
    const before = drawn;
    clock.pass(minute);
    expect(drawn).toBe(before);
    session.key('x');
    expect(screen).toMatch(/^29 of 30 minutes left\n/);
  });

  test('has no keys to other labs', () => {
    const before = drawn;
    session.key('l');
    session.key('n');
    expect(drawn).toBe(before);
  });

  test('judges each save, says how long it took, and r begins again', async () => {
    await workbench.watch();
    const first = nextVerdict();
    session.open();
    await first;
    expect(screen).toContain('The greeting is one text frame\n  RFC 6455 §5.2');
    clock.pass(21 * minute + 7_000);
    const saved = nextVerdict();
    saveSolution(drill.lab);
    await saved;
    expect(screen).toContain('✓ All core checks passed after 21:07.');
    const fresh = nextVerdict();
    session.key('r');
    session.key('y');
    expect((await fresh).state).toBe('untouched');
    expect(isUntouched(drill.lab)).toBe(true);
    expect(readdirSync(join(tiny.course.root, '.workbook', 'backups'))).toHaveLength(1);
    expect(drill.result).toContain('✓ all core checks after 21:07, 30 minutes allowed');
  });
});

describe('the record', () => {
  beforeEach(forgetDrills);

  test('says how to start the first', () => {
    expect(attemptTable(tiny.course)).toBe('No drill yet. Start one: npm run lab 04 -- --drill 30\n');
  });

  test('has how many passed at the end, or how long all took at first', () => {
    const clock = new HandClock();
    const half = new Drill(tiny.course, tiny.greet, 30, clock);
    half.record(verdict(half.lab, 'failing', 1));
    clock.pass(60 * minute);
    const whole = new Drill(tiny.course, tiny.count, 1, clock);
    clock.pass(65_000);
    whole.record(verdict(whole.lab, 'passed', 2));
    clock.pass(minute);
    whole.record(verdict(whole.lab, 'broken', 0));
    expect(attemptTable(tiny.course)).toBe(
      '2026-11-22 12:00  01  Greet  1 of 2 core checks, 30 minutes allowed\n' +
        '2026-11-22 13:00  02  Count  ✓ all core checks after 1:05, 1 minute allowed\n',
    );
  });

  test('says which attempt cannot be read', () => {
    const drill = new Drill(tiny.course, tiny.greet, 30, new HandClock());
    drill.record(verdict(drill.lab, 'failing', 0));
    const folder = join(dirname(drill.folder), '2026-11-21-01');
    mkdirSync(folder);
    writeFileSync(join(folder, 'attempt.json'), '{"lab":');
    expect(attemptTable(tiny.course)).toBe(
      '2026-11-22 12:00  01  Greet  0 of 2 core checks, 30 minutes allowed\n' +
        '.workbook/drills/2026-11-21-01/attempt.json cannot be read.\n',
    );
  });
});

describe('npm run lab', () => {
  beforeAll(forgetDrills);

  const run = join(workbookRoot, 'workbook', 'run.mjs');
  const environment = () => {
    const { FORCE_COLOR: _, ...rest } = process.env;
    return { ...rest, WORKBOOK_ROOT: tiny.course.root, NO_COLOR: '1' };
  };
  const lab = (...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
    new Promise((resolve) => {
      execFile(process.execPath, [run, 'lab', ...args], { env: environment() }, (error, stdout, stderr) => {
        resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
      });
    });

  test.each([
    [
      ['01', '--drill', '0'],
      "option '--drill <minutes>' argument '0' is invalid. Minutes are a whole number from 1 to 999.",
    ],
    [['check', '01', '--drill', '5'], "unknown option '--drill'"],
  ])('%j is one sentence and exit code 2', async (args, sentence) => {
    expect(await lab(...args)).toEqual({ code: 2, stdout: '', stderr: `${sentence}\n` });
  });

  // Four processes, one after the other.
  test('01 --drill 30 watches a scratch copy, and drills lists what came of it', {
    timeout: 60_000,
  }, async () => {
    const watch = spawn(process.execPath, [run, 'lab', '01', '--drill', '30'], {
      env: environment(),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void watch.kill('SIGKILL'));
    watch.stdout.setEncoding('utf8');
    let text = '';
    watch.stdout.on('data', (chunk) => {
      text += chunk;
    });
    const printed = async (wanted: string) => {
      while (!text.includes(wanted)) await once(watch.stdout, 'data');
    };
    await printed('Lab 01-greet: the fresh stub');
    const file = /^Open (\S+) in your editor: 30 of 30 minutes left\.$/m.exec(text)?.[1] ?? '';
    saveSolution({ ...tiny.greet, stub: join(tiny.course.root, file) });
    await printed('Lab 01-greet: passed');
    const ended = once(watch, 'exit');
    watch.kill('SIGTERM');
    await ended;
    // Windows has no signals to catch: the process is ended from outside there.
    if (process.platform !== 'win32') expect(text).toContain(`Your file is kept: ${file}\n`);
    expect((await lab('drills')).stdout).toMatch(
      / 01 {2}Greet {2}✓ all core checks after 0:\d\d, 30 minutes/,
    );
  });
});

/** Saves the solution in place of a stub, with one part of it replaced. */
function saveSolution(lab: Lab, part = '', replacement = ''): void {
  writeFileSync(
    lab.stub,
    readFileSync(lab.solution, 'utf8').replace(part, () => replacement),
  );
}

function forgetDrills(): void {
  rmSync(join(tiny.course.root, '.workbook'), { recursive: true, force: true });
}
