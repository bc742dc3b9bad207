import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';
import { workbookRoot } from '../../workbook/course.ts';
import type { ScenarioName } from '../../workbook/scenarios/names.ts';
import { startBrowser } from './browser.ts';

interface RunningScenario {
  /** Of its page, without a slash at the end. */
  url: string;
  /** Ends it as Ctrl-C does, and waits until it is gone. */
  close(): Promise<void>;
}

/**
 * `npm run scenario -- <name>` on a free port, once it says where it listens.
 *
 * @throws Error with what it said, when it ends before.
 */
async function startScenario(name: ScenarioName): Promise<RunningScenario> {
  const command = [join(workbookRoot, 'workbook', 'run.mjs'), 'scenario', name, '--port', '0'];
  const child = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'exit');
  let output = '';
  const port = await new Promise<number>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        const address = /http:\/\/localhost:(\d+)\n/.exec(output);
        if (address) resolve(Number(address[1]));
      });
    }
    child.once('close', () => reject(new Error(`The sketch ended before it listened:\n${output}`)));
  });
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/**
 * For the tests of a `describe`: runs a sketch and Chromium, and opens its page. Whatever the page logs as an error
 * fails the test at its end: what the Content-Security-Policy refuses, too.
 */
export function sketchInBrowser(name: ScenarioName): (options?: BrowserContextOptions) => Promise<Page> {
  let browser: Browser | undefined;
  let sketch: RunningScenario | undefined;

  beforeAll(async () => {
    [browser, sketch] = await Promise.all([startBrowser(), startScenario(name)]);
  });
  afterAll(() => Promise.all([browser?.close(), sketch?.close()]));

  return async (options) => {
    if (!browser || !sketch) throw new Error('The sketch did not start.');
    const page = await browser.newPage(options);
    const problems: string[] = [];
    page.on('pageerror', ({ message }) => problems.push(message));
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    onTestFinished(async () => {
      await page.close();
      expect(problems).toEqual([]);
    });
    await page.goto(sketch.url);
    return page;
  };
}
