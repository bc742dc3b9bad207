import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readCourse } from '../../workbook/course.ts';
import { writeStub } from '../../workbook/learner-file.ts';
import { accessibilityViolations, noBrowser, startBrowser } from '../support/browser.ts';
import { copyWorkbook, RunningCommand } from './site-copy.ts';

/** Starting all parts and learning of all checks, on a loaded machine; nothing waits this long when all is well. */
const patienceMs = 150_000;

const swapsOpcodes = `import { encodeFrame as encode, type FrameToSend } from '../solutions/03-frames.ts';
export * from '../solutions/03-frames.ts';
export function encodeFrame(frame: FrameToSend): Buffer {
  const bytes = encode(frame);
  if (frame.opcode === 1) bytes[0] += 1;
  return bytes;
}
`;

describe.skipIf(noBrowser)('npm start', { timeout: patienceMs }, () => {
  const copy = copyWorkbook();
  const lab = join(copy.root, 'labs', '03-frames.ts');
  // Whatever the learner has in this checkout: the copy begins afresh.
  const { labs } = readCourse(copy.root);
  for (const each of labs) writeStub(each);
  const stub = readFileSync(lab, 'utf8');
  let start: RunningCommand;
  let browser: Browser;
  let page: Page;
  let site: string;
  let chat: string;

  beforeAll(async () => {
    start = new RunningCommand(copy.root, ['workbook/run.mjs', 'start', '--port', '0', '--chat-port', '0']);
    [, site] = await start.says(/^Site {2}(\S+)$/m);
    [, chat] = await start.says(/^Chat {2}(\S+)$/m);
    await start.says(/Ctrl-C/);
    browser = await startBrowser();
    page = await browser.newPage();
    page.setDefaultTimeout(patienceMs / 2);
  }, patienceMs);

  afterAll(async () => {
    await browser?.close();
    await start?.interrupt();
    copy.remove();
  }, patienceMs);

  test('says where it runs, whose the labs are, and what to do next', () => {
    expect(start.output).toMatch(/yours +none\n +reference +01-handshake .*06-connection/);
    expect(start.output).toMatch(/Next: edit labs\/01-handshake\.ts; http\S+\/labs\/01-handshake\.html/);
  });

  test('serves the chat', async () => {
    const response = await fetch(`${chat}/healthz`);
    expect(response.status).toBe(200);
  });

  test('a lab page follows its file: not begun, failing with the bytes drawn, broken, passed', async () => {
    await page.goto(`${site}labs/03-frames.html`);
    const checks = page.getByRole('region', { name: 'Checks of lab 03' });
    await checks.getByText('not begun').waitFor();

    writeFileSync(lab, swapsOpcodes);
    await checks.getByText(/^\d+ of \d+ checks pass$/).waitFor();
    const drawing = checks.locator('.check.failed .frame-drawing').first();
    const wrong = drawing.locator('.wrong');
    expect(await wrong.locator('.name').innerText()).toBe('opcode ≠ differs');
    expect(await wrong.locator('.expected').innerText()).toMatch(/expected\s+0001\s+text/);
    expect(await wrong.locator('.actual').innerText()).toMatch(/actual\s+0010\s+binary/);
    const failed = checks.locator('.check.failed').first();
    expect(await failed.getByRole('link').getAttribute('href')).toMatch(/rfc6455#section-5/);
    const nudge = failed.locator('.hint').first();
    expect(await nudge.locator('p').isVisible()).toBe(false);
    await nudge.locator('summary').click();
    expect(await nudge.locator('p').isVisible()).toBe(true);
    expect(await accessibilityViolations(page)).toEqual([]);

    writeFileSync(lab, `${stub}\nexport const = 1;\n`);
    await checks.getByText(/^labs\/03-frames\.ts:\d+: .*not valid TypeScript/).waitFor();

    writeFileSync(lab, "export * from '../solutions/03-frames.ts';\n");
    await checks.getByText(/^all \d+ checks pass$/).waitFor();
  });

  test('the chat takes over the lab that passes, and gives it back', async () => {
    await start.says(/The chat has restarted\. Yours in it: 03-frames\./);
    expect((await fetch(`${chat}/healthz`)).status).toBe(200);
    writeFileSync(lab, stub);
    await start.says(/The chat has restarted\. It runs on the reference\./);
  });

  test('the home page shows where the learner stands', async () => {
    writeFileSync(lab, stub);
    await page.goto(site);
    await page.getByText(`0 of ${labs.length} labs pass.`).waitFor();
    writeFileSync(lab, "export * from '../solutions/03-frames.ts';\n// again\n");
    await page.getByText(`1 of ${labs.length} labs pass.`).waitFor();
    expect(await page.getByRole('link', { name: chat }).count()).toBe(1);
  });

  test('Ctrl-C ends the site and the chat', async () => {
    expect(await start.interrupt()).toBe(0);
    await expect(fetch(site)).rejects.toThrow();
    await expect(fetch(chat)).rejects.toThrow();
  });
});

describe('npm start, called wrongly', { timeout: patienceMs }, () => {
  const run = (...args: string[]) =>
    new RunningCommand(process.cwd(), ['workbook/run.mjs', 'start', ...args]);

  test.each([
    { args: ['--colour'], sentence: "unknown option '--colour'" },
    { args: ['--port', 'web'], sentence: 'A port is a whole number from 0 to 65535.' },
    { args: ['--chat-port', '70000'], sentence: 'A port is a whole number from 0 to 65535.' },
    { args: ['everything'], sentence: 'too many arguments' },
  ])('$args: one sentence and exit code 2', async ({ args, sentence }) => {
    const command = run(...args);
    expect(await command.exit()).toBe(2);
    expect(command.output).toContain(sentence);
    expect(command.output.trim().split('\n')).toHaveLength(1);
  });

  test.each(['--port', '--chat-port'])(
    'a taken port for %s: one sentence that names the flag',
    async (flag) => {
      const taken = createServer().listen(0, '127.0.0.1');
      await new Promise((resolve) => taken.on('listening', resolve));
      const { port } = taken.address() as { port: number };
      const ports = { '--port': '0', '--chat-port': '0', [flag]: String(port) };
      const command = run(...Object.entries(ports).flat());
      expect(await command.exit()).toBe(1);
      expect(command.output).toContain(
        `Port ${port} is taken. Stop the program that has it, or choose another with ${flag}.`,
      );
      taken.close();
    },
  );
});
