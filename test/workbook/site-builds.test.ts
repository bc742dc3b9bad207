import { afterAll, expect, test } from 'vitest';
import { copyWorkbook, RunningCommand } from '../e2e/site-copy.ts';

const copy = copyWorkbook();
afterAll(() => copy.remove());

/** A build on a loaded machine. */
const patienceMs = 180_000;

test(
  'the site builds: no dead link, no code import that leads nowhere',
  async () => {
    const build = new RunningCommand(copy.root, ['node_modules/vitepress/bin/vitepress.js', 'build', 'docs']);
    expect(await build.exit(), build.output).toBe(0);
    expect(build.output).not.toMatch(/dead link/);
  },
  patienceMs,
);
