import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { ChatLauncher } from '../../workbook/chat/launcher.ts';
import { readCourse, workbookRoot } from '../../workbook/course.ts';
import { makeStub } from '../../workbook/stubs.ts';
import { getTicket, signIn, TestClient } from '../workbook/chat-support.ts';
import { Chat } from './chat-command.ts';

const allExports = "export * from '../solutions/03-frames.ts';\n";

/** A copy of the workbook with fresh stubs, in which a test may write labs as a learner does. */
function copyWorkbook(labs: Record<string, string> = {}): string {
  const root = mkdtempSync(join(tmpdir(), 'websocket-101-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const part of ['package.json', 'workbook', 'solutions', 'labs']) {
    cpSync(join(workbookRoot, part), join(root, part), { recursive: true });
  }
  symlinkSync(join(workbookRoot, 'node_modules'), join(root, 'node_modules'), 'junction');
  for (const lab of readCourse(root).labs) writeFileSync(lab.stub, labs[lab.number] ?? '');
  return root;
}

async function health(host: string): Promise<{ engine: string; labs: Record<string, string>; page: string }> {
  return (await (await fetch(`http://${host}/healthz`)).json()) as Awaited<ReturnType<typeof health>>;
}

describe('npm run chat', () => {
  test.each([
    [['--port', 'http'], /port .*0 to 65535/],
    [['--port', '65536'], /port .*0 to 65535/],
    [['--mine', '3,77'], /There is no lab 77; labs are 01 to \d\d/],
    [['--engine', 'fast'], /Allowed choices are labs, ws/],
    [['--allowed-origin', 'localhost'], /An origin is a scheme and a host/],
    [['--http2'], /Browsers speak HTTP\/2 over TLS only: add --tls/],
    [['--http2', '--tls', '--engine', 'ws'], /ws speaks HTTP\/1.1 only/],
    [['--bogus'], /unknown option '--bogus'/],
    [['stray'], /too many arguments/],
  ])('%j is one sentence and exit code 2', async (args, sentence) => {
    const chat = new Chat(workbookRoot, ...args);
    expect(await chat.exitCode()).toBe(2);
    expect(chat.output).toMatch(sentence);
    expect(chat.output.trim().split('\n')).toHaveLength(1);
  });

  test('a taken port is one sentence that names it and the flag, and exit code 1', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const chat = new Chat(workbookRoot, '--port', `${port}`, '--mine', 'none');
    expect(await chat.exitCode()).toBe(1);
    expect(chat.output.trim()).toBe(
      `Port ${port} is taken. Stop the program that has it, or choose another with --port.`,
    );
  });

  // On Windows a signal from another process ends this one at once.
  test.skipIf(process.platform === 'win32')(
    'ends politely at Ctrl-C, which reaches all its processes',
    async () => {
      const chat = new Chat(workbookRoot, '--port', '0', '--mine', 'none', '--engine', 'ws');
      const client = await TestClient.join(await chat.host(), 'Ada');
      // A negative id is that of the process group, to which a terminal sends the signal.
      process.kill(-(chat.process.pid ?? Number.NaN), 'SIGINT');
      await client.next('drain');
      expect(await client.closed).toBe(1012);
      expect(await chat.exitCode()).toBe(0);
    },
  );

  test.skipIf(process.platform === 'win32')('leaves no process behind when it is killed', async () => {
    const chat = new Chat(workbookRoot, '--port', '0', '--mine', 'none');
    const client = await TestClient.join(await chat.host(), 'Ada');
    chat.process.kill('SIGKILL');
    expect(await client.closed).toBe(1012);
  });
});

describe("a learner's file", () => {
  test('that works is used', async () => {
    const root = copyWorkbook({ '03': allExports });
    const chat = new Chat(root, '--port', '0', '--mine', '3');
    const host = await chat.host();
    await chat.says(/yours +03-frames\n/);
    expect((await health(host)).labs).toMatchObject({ '02': 'reference', '03': 'yours' });
    await (await TestClient.join(host, 'Ada')).enter('lobby');
  });

  test.each([
    [
      'has a syntax error',
      'export function (',
      /labs\/03-frames\.ts stopped the chat \(labs\/03-frames\.ts:1:/,
    ],
    [
      'throws at import',
      `${allExports}throw new Error('not today');`,
      /labs\/03-frames\.ts stopped the chat \(not today\)/,
    ],
    [
      'lacks an export',
      'export const Opcode = {};',
      /labs\/03-frames\.ts stopped .*\(.*does not provide an export/,
    ],
    [
      'ends the process',
      `${allExports}process.exit(0);`,
      /stopped on your labs \(its process ended \(exit code 0\)\)/,
    ],
  ])('that %s is replaced by the reference, in one sentence', async (_, source, sentence) => {
    const chat = new Chat(copyWorkbook({ '03': source }), '--port', '0', '--mine', '3');
    const host = await chat.host();
    expect(chat.output).toMatch(sentence);
    expect(chat.output).toMatch(/it goes on with the reference for (lab 03|all of them)\.\n/);
    expect((await health(host)).labs['03']).toBe('reference');
    await TestClient.join(host, 'Ada');
  });

  test('that throws later is replaced then, and the others stay', async () => {
    const { labs } = readCourse(workbookRoot);
    const solution = readFileSync(labs[0].solution, 'utf8');
    const root = copyWorkbook({
      '01': makeStub(solution, labs[0].solution),
      '05': "export * from '../solutions/05-messages.ts';",
    });
    const chat = new Chat(root, '--port', '0', '--mine', '1,5');
    const host = await chat.host();
    const { session } = await signIn(host, 'Ada');
    new WebSocket(`ws://${host}/chat`, 'chat.v1').on('error', () => {});
    const [sentence] = await chat.says(/.*goes on with the reference.*\n/);
    expect(sentence).toMatch(
      /^labs\/01-handshake\.ts stopped the chat \(01-handshake: \w+ is not written yet\)/,
    );
    await chat.says(/yours +05-messages\n/);
    // The same port, and the same sessions.
    expect(await getTicket(host, session)).toEqual(expect.any(String));
    await TestClient.join(host, 'Ben');
  });
});

describe("a learner's file for a lab of the page", () => {
  const lab13 = "export * from '../solutions/13-reconnect.ts';\n";

  test('is in the bundle that the page gets, and a change of it changes the page', async () => {
    const page = async (source: string) => {
      const chat = new Chat(copyWorkbook({ '13': source }), '--port', '0', '--mine', '13');
      const host = await chat.host();
      return {
        script: await (await fetch(`http://${host}/main.js`)).text(),
        version: (await health(host)).page,
      };
    };
    const [reference, theirs] = [await page(lab13), await page(`${lab13}console.log('of my own');\n`)];
    expect(reference.script).not.toContain('of my own');
    expect(theirs.script).toContain('of my own');
    expect(theirs.version).not.toBe(reference.version);
  });

  test('that cannot be bundled for a page is replaced by the reference, in one sentence', async () => {
    const root = copyWorkbook({ '13': `import 'node:fs';\n${lab13}` });
    const chat = new Chat(root, '--port', '0', '--mine', '13');
    const host = await chat.host();
    expect(chat.output).toMatch(
      /labs\/13-reconnect\.ts stopped the chat \(labs\/13-reconnect\.ts:1:7: .*node:fs.*\): it goes on with the reference for lab 13\.\n/,
    );
    expect((await health(host)).labs['13']).toBe('reference');
    await TestClient.join(host, 'Ada');
  });
});

describe('the launcher', () => {
  const course = readCourse(workbookRoot);
  const config = { port: 0, host: '127.0.0.1', engine: 'labs', allowedOrigins: [] } as const;

  test('restarts on the same port; clients are told, and sessions live on', async () => {
    const launcher = new ChatLauncher(course, config);
    onTestFinished(() => launcher.stop());
    await launcher.start([]);
    const { url } = launcher;
    const { host } = new URL(url);
    const { session } = await signIn(host, 'Ada');
    const client = await TestClient.join(host, 'Ada', session);
    const restarted = launcher.restart([]);
    await client.next('drain');
    expect(await client.closed).toBe(1012);
    await restarted;
    expect(launcher.url).toBe(url);
    await TestClient.join(host, 'Ada', session);
  });

  test("ends a chat that hangs, and goes on without the learner's labs", async () => {
    const root = copyWorkbook({ '03': `${allExports}for (;;) {}` });
    const { ChatLauncher: Copy } = (await import(
      /* @vite-ignore */ join(root, 'workbook', 'chat', 'launcher.ts')
    )) as typeof import('../../workbook/chat/launcher.ts');
    const copy = readCourse(root);
    const launcher = new Copy(copy, config, { silenceMs: 15_000 });
    onTestFinished(() => launcher.stop());
    const sentences: string[] = [];
    launcher.on('fallback', (sentence) => sentences.push(sentence));
    await launcher.start(copy.labs.filter(({ number }) => number === '03'));
    expect(sentences).toEqual([
      'The chat has stopped on your labs (it did not answer for 15 seconds): it goes on with the reference for all of them.',
    ]);
    expect(launcher.mine).toEqual([]);
  });
});
