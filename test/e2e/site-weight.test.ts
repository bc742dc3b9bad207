import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parts } from '../../docs/.vitepress/sidebar.ts';
import { workbookRoot } from '../../workbook/course.ts';
import { noBrowser, startBrowser } from '../support/browser.ts';
import { patienceMs, SiteTab, siteBuild, siteUrl } from './built-site.ts';
import { RunningCommand } from './site-copy.ts';

/** What a page may have over a bare one. */
const allowance = 0.15;
/** Widgets that run labs' code in the page: a chapter that shows one loads it besides. */
const widget =
  /<(BackoffSimulator|CapacityCalculator|CaptureExplorer|DeflateExplorer|FrameDissector|HandshakePlayground|MaskExplorer)\b/;

const chapters = parts.flatMap(({ id, chapters }) => chapters.map(({ slug }) => `${id}/${slug}`));

/** Bytes of the scripts in a page, as they travel. `named` are those that its HTML asks for, before any has run. */
interface Weight {
  named: number;
  all: number;
}

describe.skipIf(noBrowser)('JavaScript on a chapter', { timeout: patienceMs }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'bare-site-'));
  let browser: Browser;
  let bare: number;

  beforeAll(async () => {
    await siteBuild();
    browser = await startBrowser();
    bare = await weighBareSite(folder);
  }, patienceMs);

  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }, patienceMs);

  test(`is at most ${allowance * 100} % over a bare VitePress page's, but for the widget it shows`, async () => {
    const limit = bare * (1 + allowance);
    const waiting = [...chapters];
    const tooHeavy: string[] = [];
    let heaviest = 0;
    const visitor = async () => {
      for (let chapter = waiting.pop(); chapter; chapter = waiting.pop()) {
        const hasWidget = widget.test(readFileSync(join(workbookRoot, 'docs', `${chapter}.md`), 'utf8'));
        const { named, all } = await weigh(browser, `${chapter}.html`);
        const bytes = hasWidget ? named : all;
        heaviest = Math.max(heaviest, bytes);
        if (bytes > limit) tooHeavy.push(`${chapter}: ${over(bytes, bare)}`);
      }
    };
    await Promise.all([visitor(), visitor()]);
    console.log(`A bare page has ${bare} bytes of JavaScript, the heaviest chapter ${over(heaviest, bare)}.`);
    expect(tooHeavy.sort().join('\n')).toBe('');
  });
});

/**
 * Opens a page with an empty cache, and weighs the scripts it loads: not those of pages fetched in advance, nor the
 * names of all pages, which VitePress writes into the HTML of each.
 */
async function weigh(browser: Browser, path: string): Promise<Weight> {
  const tab = await SiteTab.open(browser);
  await tab.goto(path);
  await tab.close();
  const html = await (await fetch(siteUrl + path)).text();
  let named = 0;
  let all = 0;
  for (const url of new Set(tab.scripts)) {
    const bytes = weightOf(await (await fetch(url)).text());
    all += bytes;
    if (html.includes(new URL(url).pathname)) named += bytes;
  }
  return { named, all };
}

/** As `weigh`, of a site with one page, nothing configured, and the same VitePress. */
async function weighBareSite(root: string): Promise<number> {
  mkdirSync(join(root, 'docs'));
  writeFileSync(join(root, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(root, 'docs', 'index.md'), '# A page\n\nIts text.\n');
  symlinkSync(join(workbookRoot, 'node_modules'), join(root, 'node_modules'), 'junction');
  const build = new RunningCommand(root, ['node_modules/vitepress/bin/vitepress.js', 'build', 'docs']);
  expect(await build.exit(), build.output).toBe(0);
  const dist = join(root, 'docs', '.vitepress', 'dist');
  const html = readFileSync(join(dist, 'index.html'), 'utf8');
  const scripts = new Set([...html.matchAll(/"(\/assets\/[^"]+\.js)"/g)].map(([, path]) => path));
  const texts = [...scripts].map((path) => readFileSync(join(dist, path), 'utf8'));
  return texts.reduce((sum, text) => sum + weightOf(text), 0);
}

function weightOf(text: string): number {
  return gzipSync(text, { level: 9 }).length;
}

/** `65,100 bytes, 11.4 % over`. */
function over(bytes: number, bare: number): string {
  return `${bytes} bytes, ${((bytes / bare - 1) * 100).toFixed(1)} % over`;
}
