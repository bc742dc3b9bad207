import { commandLine } from '../command-line.ts';
import { runTool } from '../run-tool.ts';

const projects = ['--project', 'solutions', '--project', 'workbook'];

await commandLine(
  'npm test',
  'Proves the reference: all solutions, the workbook’s own tests, the site’s build.',
)
  .argument('[vitest...]', 'passed on to vitest; the site is then not built')
  .allowUnknownOption()
  .action(async (args: string[]) => {
    process.exitCode = await runTool({ package: 'vitest', args: ['run', ...projects, ...args] });
    if (process.exitCode !== 0 || args.length > 0) return;
    process.exitCode = await runTool({ package: 'vitepress', args: ['build', 'docs'] });
  })
  .parseAsync();
