import { join } from 'node:path';
import { styleText } from 'node:util';
import { commandLine } from '../command-line.ts';
import { workbookRoot } from '../course.ts';
import { runNode, runTool, type Tool } from '../run-tool.ts';

/** One line of the gate: a tool, or a command of the workbook. */
interface Step {
  name: string;
  run: Tool | { command: string; args: string[] };
}

const steps: Step[] = [
  { name: 'format and lint', run: { package: '@biomejs/biome', bin: 'biome', args: ['check'] } },
  {
    name: 'types, solutions and site',
    run: { package: 'vue-tsc', args: ['--noEmit', '-p', 'tsconfig.json'] },
  },
  {
    name: 'types, stubs',
    run: { package: 'typescript', bin: 'tsc', args: ['--noEmit', '-p', 'tsconfig.labs.json'] },
  },
  { name: 'stubs up to date', run: { command: 'stubs', args: ['--check'] } },
  { name: 'unused code', run: { package: 'knip', args: [] } },
  {
    name: 'whole programs and real browsers',
    run: { package: 'vitest', args: ['run', '--project', 'e2e', '--project', 'lighthouse'] },
  },
  { name: 'conformance', run: { command: 'conformance', args: ['--against', 'labs'] } },
  { name: 'checks judged by programs', run: { command: 'programs', args: ['--check'] } },
];

await commandLine('npm run check', 'The maintainers’ gate: every step runs; exit code 1 if one fails.')
  .action(async () => {
    // One after the other: each uses all processors by itself.
    for (const step of steps) if (!(await passes(step))) process.exitCode = 1;
  })
  .parseAsync();

async function passes({ name, run }: Step): Promise<boolean> {
  const start = performance.now();
  let output = '';
  const collect = (text: string) => {
    output += text;
  };
  const code =
    'package' in run
      ? await runTool(run, collect)
      : await runNode([join(workbookRoot, 'workbook', 'run.mjs'), run.command, ...run.args], collect);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  const mark = code === 0 ? styleText('green', '✓') : styleText('red', '✗');
  console.log(`${mark} ${name} (${seconds} s)`);
  if (code !== 0) console.log(output.trimEnd());
  return code === 0;
}
