import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { copyWorkbook, RunningCommand } from '../e2e/site-copy.ts';
import { brokenLinks } from '../support/site-links.ts';

const copy = copyWorkbook();
const build = new RunningCommand(copy.root, ['node_modules/vitepress/bin/vitepress.js', 'build', 'docs']);

// On a loaded machine; nothing waits this long when all is well.
beforeAll(() => build.exit(), 400_000);
afterAll(() => copy.remove());

test('the site builds: no dead link, no code import that leads nowhere', async () => {
  expect(await build.exit(), build.output).toBe(0);
  expect(build.output).not.toMatch(/dead link/);
});

test('each link leads to a page and a section that are there, or by https to another site', () => {
  expect(brokenLinks(join(copy.root, 'docs', '.vitepress', 'dist')).join('\n')).toBe('');
});
