import { expect, test } from 'vitest';
import { runNode, runTool } from '../../workbook/run-tool.ts';

test('a tool runs without a shell, and its exit code and output come back', async () => {
  let printed = '';
  const code = await runTool({ package: '@biomejs/biome', bin: 'biome', args: ['--version'] }, (text) => {
    printed += text;
  });
  expect(code).toBe(0);
  expect(printed).toContain('2.');
});

test.each(['gate', 'stubs', 'programs'])(
  '%s: an unknown flag is one sentence and exit code 2',
  async (name) => {
    let printed = '';
    const code = await runNode(['workbook/run.mjs', name, '--fast'], (text) => {
      printed += text;
    });
    expect({ code, printed }).toEqual({ code: 2, printed: "unknown option '--fast'\n" });
  },
);
