import { Argument, Option } from 'commander';
import { commandLine, currentCourse, parsePort } from '../command-line.ts';
import { Progress } from '../progress.ts';
import { runOnLabs } from '../run-on-labs.ts';
import { scenarios } from '../scenarios/names.ts';

const list = Object.entries(scenarios).map(([name, shows]) => `  ${name.padEnd(10)} ${shows}`);

const command = commandLine('npm run scenario --', 'A sketch of a design drill, in a page of its own.')
  .addArgument(new Argument('<name>', 'which one').choices(Object.keys(scenarios)))
  .addOption(
    new Option('--port <number>', 'where to listen; 0 for any free port').default(8090).argParser(parsePort),
  )
  .addOption(new Option('--host <address>', 'the address to listen on').default('127.0.0.1'))
  .addHelpText('after', `\nThe sketches:\n${list.join('\n')}`)
  .parse();

const [name] = command.args;
const { port, host } = command.opts<{ port: number; host: string }>();

/** The labs that a server's connection runs on. */
const course = currentCourse();
const progress = new Progress(course);
const mine = course.labs.filter((lab) => lab.number <= '06' && progress.current(lab)?.state === 'passed');
if (mine.length > 0) console.error(`On your labs ${mine.map(({ number }) => number).join(', ')}.`);

await runOnLabs(course, mine, 'workbook/scenarios/main.ts', [JSON.stringify({ name, port, host })]);
