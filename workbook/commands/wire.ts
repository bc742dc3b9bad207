import { existsSync } from 'node:fs';
import { commandLine, currentCourse, usageError } from '../command-line.ts';
import { Progress } from '../progress.ts';
import { runOnLabs } from '../run-on-labs.ts';

const command = commandLine(
  'npm run wire --',
  'Reads a pcap file: the WebSockets in it, their handshakes, frames and messages. Your lab 09 does it once it passes.',
)
  .argument('<file>', 'a capture: FILE.pcap')
  .option('--json', 'one JSON object a line')
  .addHelpText('after', '\nExit code: 0 all could be read, 1 some could not, 2 the file is no capture.')
  .parse();

const [file] = command.args;
const { json = false } = command.opts<{ json?: boolean }>();
if (!existsSync(file)) usageError(`There is no file ${file}`);

const course = currentCourse();
const progress = new Progress(course);
const mine = course.labs.filter((lab) => lab.id === '09-wire' && progress.current(lab)?.state === 'passed');
if (mine.length > 0 && !json) console.error('Read by your labs/09-wire.ts.');

await runOnLabs(course, mine, 'workbook/wire/main.ts', [file, ...(json ? ['--json'] : [])]);
