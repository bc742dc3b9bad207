import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AxeResults } from 'axe-core';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

/** Where Debian and the usual installers put Chromium; `CHROMIUM` in the environment goes first. */
const path = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((candidate) => candidate !== undefined && existsSync(candidate));

/**
 * True where browser tests are to be skipped: no Chromium here, and not in CI, where a missing one is a
 * failure. For `describe.skipIf(noBrowser)`.
 */
export const noBrowser = path === undefined && !process.env.CI;
if (noBrowser) console.warn('No Chromium found (set CHROMIUM to its path): browser tests are skipped.');

/** How Chromium is to be started, with none of its own network traffic, and these switches besides. */
export function launchOptions(switches: readonly string[]): { executablePath: string; args: string[] } {
  if (!path) throw new Error('These tests need Chromium: install it, or set CHROMIUM to its path.');
  return {
    executablePath: path,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...switches,
    ],
  };
}

/** Starts a real Chromium with a fresh profile. */
export async function startBrowser(switches: readonly string[] = []): Promise<Browser> {
  return await chromium.launch(launchOptions(switches));
}

/** As `startBrowser`, with preferences as a user would have set them, and with any certificate; one context only. */
export async function startProfile(
  preferences: object,
  switches: readonly string[] = [],
): Promise<{ context: BrowserContext; close(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'profile-'));
  mkdirSync(join(folder, 'Default'));
  writeFileSync(join(folder, 'Default', 'Preferences'), JSON.stringify(preferences));
  const options = { ...launchOptions(switches), ignoreHTTPSErrors: true };
  const context = await chromium.launchPersistentContext(folder, options);
  return {
    context,
    async close() {
      await context.close();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What of a page axe-core is to leave out, by selector, and the only rules it is to ask after; else all. */
interface Look {
  without?: string[];
  only?: string[] | undefined;
}

/** What axe-core finds wrong with the page as it stands: `rule: element`, one line each; empty when nothing. */
export async function accessibilityViolations(
  page: Page,
  { without = [], only }: Look = {},
): Promise<string[]> {
  // Evaluated through the debugger, not by a script element: a page's Content-Security-Policy does not apply.
  if (!(await page.evaluate("'axe' in window"))) await page.evaluate(axeSource);
  // Without a list of all that is right, which takes longer than finding what is wrong.
  const options = { resultTypes: ['violations'], ...(only && { runOnly: only }) };
  const { violations } = await page.evaluate<AxeResults>(
    `axe.run({ exclude: ${JSON.stringify(without)} }, ${JSON.stringify(options)})`,
  );
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html}`));
}
