import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, describe, expect, test } from 'vitest';
import { conditionsWithout, findLab, readCourse, workbookRoot } from '../../workbook/course.ts';
import { runNode } from '../../workbook/run-tool.ts';
import { fewerMessages } from '../conformance/cases/12-13-compression.ts';
import { groups } from '../conformance/cases/groups.ts';
import { allCases } from '../conformance/cases/index.ts';
import { passes, type Report } from '../conformance/suite/report.ts';
import { applies, type CaseResult, runSide } from '../conformance/suite/run-side.ts';
import { select } from '../conformance/suite/select.ts';
import type { Subject } from '../conformance/suite/subject.ts';
import { labSubjects, wsSubjects } from '../conformance/suite/subjects.ts';

const course = readCourse(workbookRoot);
const cases = allCases(fewerMessages);
const stored = JSON.parse(
  readFileSync(join(workbookRoot, 'test', 'conformance', 'result.json'), 'utf8'),
) as Report;

/** Builds of wrong programs. */
const folder = mkdtempSync(join(tmpdir(), 'conformance-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(subject: Subject, ...patterns: string[]): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  await runSide(subject, select(cases, patterns), (result) => results.push(result));
  return results;
}

describe('the cases', () => {
  test('are the 517 of the public suite, and ours, each once and in a group', () => {
    const ids = cases.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => !/^(0|14)\./.test(id))).toHaveLength(517);
    expect(ids.every((id) => groups.some((group) => id.startsWith(`${group.id}.`)))).toBe(true);
  });

  test.each([
    ['5.19', ['5.19']],
    ['1.2.*', ['1.2.1', '1.2.2', '1.2.3', '1.2.4', '1.2.5', '1.2.6', '1.2.7', '1.2.8']],
    ['6.3', ['6.3.1', '6.3.2']],
    ['8', []],
  ])('are found by %s', (pattern, ids) => {
    expect(select(cases, [pattern]).map(({ id }) => id)).toEqual(ids);
  });
});

describe('the stored result', () => {
  test('has every case as it is now, of every side', () => {
    const sides = [...labSubjects(course, []), ...wsSubjects()];
    expect(stored.sides.map(({ name }) => name)).toEqual(sides.map(({ name }) => name));
    expect(stored.cases.map(({ id, title, results }) => [id, title, Object.keys(results)])).toEqual(
      cases.map((each) => [
        each.id,
        each.title,
        sides.filter(({ role }) => applies(each, role)).map(({ name }) => name),
      ]),
    );
  });

  test('is of the ws that is installed, and the labs pass in it', () => {
    const { version } = createRequire(import.meta.url)('ws/package.json') as { version: string };
    expect(stored.ws).toBe(version);
    const labs = stored.cases.flatMap(({ id, results }) =>
      Object.entries(results)
        .filter(([side, { verdict }]) => side.startsWith('labs') && !passes(id, verdict))
        .map(([side]) => `${id} ${side}`),
    );
    expect(labs).toEqual([]);
  });
});

/** A few of each group, the quick ones. */
const sample = [
  '0.1.1',
  '0.1.1*',
  '0.2.1*',
  '1.1.1',
  '1.2.8',
  '2.1',
  '2.11',
  '3.2',
  '4.1.3',
  '5.6',
  '5.15',
].concat(['6.3', '6.5', '7.1', '7.5', '7.9', '9.7.1', '10.1.1', '12.1.1', '13.3.1', '14.1.3', '14.1.20']);

describe('a sample of the cases', () => {
  test.each([...labSubjects(course, []), ...wsSubjects()])(
    'comes to what is stored: $name',
    async (subject) => {
      const verdicts = (await run(subject, ...sample)).map(({ test: { id }, verdict }) => [id, verdict]);
      const before = new Map(stored.cases.map(({ id, results }) => [id, results[subject.name]?.verdict]));
      expect(verdicts.length).toBeGreaterThan(40);
      expect(verdicts).toEqual(verdicts.map(([id]) => [id, before.get(id)]));
    },
  );
});

/** Server or client with one program of test/programs in the place of its lab. */
async function wrong(role: 'server' | 'client', program: string): Promise<Subject> {
  const [id] = program.split('/');
  const lab = findLab(course, id);
  if (!lab) throw new Error(`There is no lab ${id}`);
  const file = join(folder, `${program.replace('/', '-')}-${role}.mjs`);
  await build({
    absWorkingDir: workbookRoot,
    entryPoints: [`test/conformance/echo-${role}.ts`],
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
    conditions: conditionsWithout(course),
    alias: { [lab.specifier]: `./test/programs/${program}.ts` },
  });
  // Any condition tells the driver that the labs are chosen already.
  return { name: program, role, program: ['--conditions=built', file], cwd: workbookRoot };
}

describe('a wrong program fails the case that is about it', () => {
  test.each([
    ['server', '01-handshake/wrong-ignores-the-version', '0.1.35'],
    ['client', '02-client-handshake/wrong-trusts-any-accept-key', '0.2.22'],
    ['server', '03-frames/wrong-16-bits-from-125', '1.1.2'],
    ['server', '04-frame-parser/wrong-takes-long-control-frames', '2.5'],
    ['server', '04-frame-parser/wrong-lets-rsv2-through', '14.1.17'],
    ['client', '04-frame-parser/wrong-takes-reserved-opcodes', '4.1.2'],
    ['server', '04-frame-parser/wrong-takes-fragmented-control-frames', '5.1'],
    ['client', '05-messages/wrong-continuation-begins-a-message', '5.9'],
    ['server', '05-messages/wrong-text-checked-at-the-end', '6.4.1'],
    ['client', '05-messages/wrong-text-unchecked', '6.3.1'],
    ['server', '05-messages/wrong-any-close-code', '7.9.3'],
    ['server', '06-connection/wrong-pong-without-payload', '2.2'],
    ['server', '06-connection/wrong-server-masks', '1.1.1'],
    ['client', '06-connection/wrong-client-does-not-mask', '1.2.1'],
    ['server', '04-frame-parser/wrong-ignores-reserved-bits', '3.2'],
    ['server', '07-compression/wrong-forgets-context', '14.1.3'],
    ['client', '07-compression/wrong-window-of-15-bits-always', '13.3.18'],
  ] as const)('%s %s: %s', async (role, program, id) => {
    const [result] = await run(await wrong(role, program), id);
    expect(passes(id, result.verdict), result.got).toBe(false);
  });

  test('so does a server that crashes, though its end of TCP looks like what was wanted', async () => {
    const file = join(folder, 'crashes.mjs');
    writeFileSync(
      file,
      `import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
const server = createServer().listen(0, '127.0.0.1', () => console.log('ws://127.0.0.1:' + server.address().port + ' '));
server.on('upgrade', ({ headers }, socket) => {
  const accept = createHash('sha1').update(headers['sec-websocket-key'] + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11').digest('base64');
  socket.write('HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\nSec-WebSocket-Accept: ' + accept + '\\r\\n\\r\\n');
  socket.on('data', () => { throw new TypeError('not a frame'); });
});`,
    );
    const subject: Subject = { name: 'crashes', role: 'server', program: [file], cwd: workbookRoot };
    const results = await run(subject, '4.1.1', '4.1.2');
    expect(results.map(({ verdict }) => verdict)).toEqual(['FAILED', 'FAILED']);
    expect(results[0].got).toContain('TypeError: not a frame');
  });
});

describe('npm run conformance', () => {
  async function command(...args: string[]) {
    let printed = '';
    const code = await runNode(['workbook/run.mjs', 'conformance', ...args], (text) => {
      printed += text;
    });
    return { code, printed };
  }

  test('shows few cases one by one; exit code 0 when they pass', async () => {
    const { code, printed } = await command('--against', 'labs', '--case', '1.1.1', '--case', '2.*1');
    expect(code).toBe(0);
    expect(printed).toMatch(/^2\.11 +ten pings, byte by byte +OK +OK$/m);
  });

  test('prints one document with --json', async () => {
    const { printed } = await command('--json', '--case', '7.13.1');
    const report = JSON.parse(printed) as Report;
    expect(report.sides.map(({ name }) => name)).toEqual([
      'labs server',
      'labs client',
      'ws server',
      'ws client',
    ]);
    expect(report.cases[0].results['ws client'].verdict).toBe('INFORMATIONAL');
  });

  test('a case that is not there is one sentence and exit code 2', async () => {
    const { code, printed } = await command('--case', '99.1');
    expect({ code, printed }).toEqual({
      code: 2,
      printed: 'There is no case 99.1. They have numbers as 5.19.\n',
    });
  });
});
