import { commandLine } from '../command-line.ts';
import { runTool } from '../run-tool.ts';

const projects = ['--project', 'solutions', '--project', 'workbook'];

// The site's build is one of the workbook's tests.
await commandLine(
  'npm test',
  'Proves the reference: all solutions, the workbook’s own tests, the site’s build.',
)
  .argument('[vitest...]', 'passed on to vitest')
  .allowUnknownOption()
  .action(async (args: string[]) => {
    process.exitCode = await runTool({ package: 'vitest', args: ['run', ...projects, ...args] });
  })
  .parseAsync();
