import { InvalidArgumentError, Option } from 'commander';
import { messageLimits } from '../../solutions/10-protocol.ts';
import type { CliConfig } from '../chat/cli/main.ts';
import { commandLine, currentCourse } from '../command-line.ts';
import { Progress } from '../progress.ts';
import { runOnLabs } from '../run-on-labs.ts';

/** The labs a client runs on. */
const clientLabs = [
  '10-protocol',
  '12-heartbeat',
  '13-reconnect',
  '14-resume',
  '18-balancing',
  '21-chat-client',
];

const usualUrl = 'http://localhost:8080';

interface Flags {
  url: string[];
  name: string;
  room: string;
}

function parseUrl(value: string, before: readonly string[]): string[] {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  // Each once: nodes differ from each other.
  if (url && ['http:', 'https:'].includes(url.protocol)) return [...new Set([...before, url.origin])];
  throw new InvalidArgumentError("The address of the chat's page, as in http://localhost:8080.");
}

function parseText(maxLength: number): (value: string) => string {
  return (value) => {
    const text = value.trim();
    if (text !== '' && text.length <= maxLength) return text;
    throw new InvalidArgumentError(`It has 1 to ${maxLength} characters.`);
  };
}

const { url, name, room } = commandLine(
  'npm run chat:cli --',
  'The chat in a terminal, or in a pipe: what you type goes to the room, /help lists the commands.',
)
  .addOption(
    new Option('--url <address>', 'where the chat runs; repeat it for several nodes of one chat')
      .default([], usualUrl)
      .argParser(parseUrl),
  )
  .addOption(
    new Option('--name <name>', 'the name that others see')
      .makeOptionMandatory()
      .argParser(parseText(messageLimits.maxUserNameLength)),
  )
  .addOption(
    new Option('--room <room>', 'the room to begin in')
      .default('lobby')
      .argParser(parseText(messageLimits.maxRoomNameLength)),
  )
  .addHelpText(
    'after',
    '\nMessages go to standard output, all else to standard error.' +
      '\nExit code: 0 all was sent, 1 something was not or the chat cannot be reached, 2 wrong usage.',
  )
  .parse()
  .opts<Flags>();
const config: CliConfig = { urls: url.length > 0 ? url : [usualUrl], name, room };

const course = currentCourse();
const progress = new Progress(course);
const mine = course.labs.filter(
  (lab) => clientLabs.includes(lab.id) && progress.current(lab)?.state === 'passed',
);
if (mine.length > 0) console.error(`On your labs ${mine.map(({ number }) => number).join(', ')}.`);

await runOnLabs(course, mine, 'workbook/chat/cli/main.ts', [JSON.stringify(config)]);
