import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';

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

/** Starts a real Chromium with a fresh profile, none of its own network traffic, and these switches besides. */
export async function startBrowser(switches: readonly string[] = []): Promise<Browser> {
  if (!path) throw new Error('These tests need Chromium: install it, or set CHROMIUM to its path.');
  return await chromium.launch({
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
  });
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe-core finds wrong with the page as it stands: `rule: element`, one line each; empty when nothing. */
export async function accessibilityViolations(page: Page): Promise<string[]> {
  // Evaluated through the debugger, not by a script element: a page's Content-Security-Policy does not apply.
  await page.evaluate(axeSource);
  // Without a list of all that is right, which takes longer than finding what is wrong.
  const { violations } = await page.evaluate<AxeResults>("axe.run({ resultTypes: ['violations'] })");
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html}`));
}
