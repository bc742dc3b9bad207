import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { workbookRoot } from '../../workbook/course.ts';
import { isUntouched } from '../../workbook/learner-file.ts';
import { makeStub } from '../../workbook/stubs.ts';
import { TinyCourse } from './tiny-course.ts';

describe('a stub', () => {
  const stub = (...lines: string[]) => makeStub(lines.join('\n'), 'solutions/03-frames.ts').split('\n');

  test('has a TODO and throws where a region was in a function', () => {
    expect(
      stub(
        "import { thing } from './thing.ts';",
        '',
        'export function encode(',
        '  frame: Frame,',
        '): Buffer {',
        '  // #region solution: Write the header (RFC 6455 §5.2)',
        '  return thing(frame);',
        '  // #endregion',
        '}',
      ),
    ).toEqual([
      "import { thing } from './thing.ts';",
      "import { Unfinished } from '../workbook/unfinished.ts';",
      '',
      'export function encode(',
      '  frame: Frame,',
      '): Buffer {',
      '  // TODO: Write the header (RFC 6455 §5.2)',
      "  throw new Unfinished('03-frames: encode');",
      '}',
    ]);
  });

  test('has only a TODO where a region was in a class or at the top', () => {
    expect(
      stub(
        'export class Parser {',
        '  // #region solution: The fields you need',
        '  #spill = 0;',
        '  // #endregion',
        '}',
        '// #region solution: Helpers',
        'const help = 1;',
        '// #endregion',
      ),
    ).toEqual(['export class Parser {', '  // TODO: The fields you need', '}', '// TODO: Helpers']);
  });

  test('drops the markers of the regions a page shows', () => {
    expect(stub('// #region accept-key', 'const a = 1;', '// #endregion accept-key')).toEqual([
      'const a = 1;',
    ]);
  });

  test('cannot be made from a region that is never closed', () => {
    expect(() => stub('// #region solution: All of it')).toThrow('solutions/03-frames.ts:1');
  });
});

describe('npm run stubs', () => {
  let tiny: TinyCourse;

  beforeEach(() => {
    tiny = new TinyCourse();
  });

  afterEach(() => tiny.remove());

  const stubs = (...args: string[]) =>
    promisify(execFile)(process.execPath, [join(workbookRoot, 'workbook', 'run.mjs'), 'stubs', ...args], {
      env: { ...process.env, WORKBOOK_ROOT: tiny.course.root },
    });

  test('writes what is missing, and keeps what a learner wrote', async () => {
    rmSync(tiny.count.stub);
    tiny.save(tiny.greet, 'export const mine = 1;\n');
    const { stdout } = await stubs();
    const [backup] = readdirSync(join(tiny.course.root, '.workbook', 'backups'));
    expect(stdout).toContain(backup);
    expect(readFileSync(join(tiny.course.root, '.workbook', 'backups', backup), 'utf8')).toBe(
      'export const mine = 1;\n',
    );
    expect(tiny.course.labs.map(isUntouched)).toEqual([true, true]);
  });

  test('--check only says which are out of date', async () => {
    await expect(stubs('--check')).resolves.toMatchObject({ stdout: 'All stubs are up to date.\n' });
    tiny.solve(tiny.greet);
    await expect(stubs('--check')).rejects.toMatchObject({
      code: 1,
      stderr: 'labs/01-greet.ts is not what solutions/01-greet.ts makes: npm run stubs\n',
    });
    expect(isUntouched(tiny.greet)).toBe(false);
  });
});
