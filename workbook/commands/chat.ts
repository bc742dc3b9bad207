import { resolve } from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import { createCapture } from '../chat/capture.ts';
import type { EngineName } from '../chat/engine.ts';
import { type ChatConfig, ChatLauncher } from '../chat/launcher.ts';
import { formatWhose } from '../chat/whose.ts';
import { commandLine, currentCourse, usageError } from '../command-line.ts';
import { findLab, type Lab } from '../course.ts';
import { passingLabs } from '../progress.ts';

interface Flags {
  port: number;
  host: string;
  mine: Lab[] | 'passing';
  engine: EngineName;
  compression: boolean;
  tls: boolean;
  http2: boolean;
  capture?: string;
  allowedOrigin: string[];
}

const course = currentCourse();

function parsePort(value: string): number {
  const port = /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN;
  if (port <= 65_535) return port;
  throw new InvalidArgumentError('A port is a whole number from 0 to 65535.');
}

function parseMine(value: string): Flags['mine'] {
  if (value === 'passing') return value;
  if (value === 'all') return course.labs;
  if (value === 'none') return [];
  return value.split(',').map((wanted) => {
    const lab = findLab(course, wanted.trim());
    if (lab) return lab;
    const last = course.labs.at(-1)?.number;
    throw new InvalidArgumentError(`There is no lab ${wanted.trim()}; labs are 01 to ${last}.`);
  });
}

/** The ending is asked for, so that a slip does not overwrite a file of another kind. */
function parseCapture(value: string): string {
  if (value.endsWith('.pcap')) return resolve(value);
  throw new InvalidArgumentError('The name of a capture ends in .pcap.');
}

function parseOrigin(value: string, before: string[]): string[] {
  if (URL.canParse(value) && new URL(value).origin === value) return [...before, value];
  throw new InvalidArgumentError('An origin is a scheme and a host, as in http://localhost:5173.');
}

const flags = commandLine(
  'npm run chat --',
  'The chat: your files for the labs that pass, the reference for the others.',
)
  .addOption(
    new Option('--port <number>', 'where to listen; 0 for any free port').default(8080).argParser(parsePort),
  )
  .addOption(new Option('--host <address>', 'the address to listen on').default('127.0.0.1'))
  .addOption(
    new Option('--mine <labs>', 'which labs run on your files: passing, all, none, or numbers as in 3,5')
      .default('passing')
      .argParser(parseMine),
  )
  .addOption(new Option('--engine <name>', 'what speaks WebSocket').choices(['labs', 'ws']).default('labs'))
  .option('--compression', 'compress messages of 1 KiB and more for clients that offer it (RFC 7692)', false)
  .option('--tls', 'https and wss, with a certificate made on the spot', false)
  .option('--http2', 'WebSockets over HTTP/2 for browsers that can (RFC 8441); needs --tls', false)
  .addOption(
    new Option(
      '--capture <file>',
      'records all WebSockets as a .pcap file; those inside TLS in the clear',
    ).argParser(parseCapture),
  )
  .addOption(
    new Option(
      '--allowed-origin <origin>',
      "an origin beside the chat's own whose pages may use it; repeatable",
    )
      .default([])
      .argParser(parseOrigin),
  )
  .parse()
  .opts<Flags>();
if (flags.http2) refuseHttp2(flags);

/** Says in one sentence why HTTP/2 does not go with the other flags. */
function refuseHttp2({ tls, engine, capture }: Flags): void {
  if (!tls) usageError('Browsers speak HTTP/2 over TLS only: add --tls to --http2.');
  if (engine === 'ws') usageError('The engine ws speaks HTTP/1.1 only: leave out --http2 or --engine ws.');
  if (capture) usageError('A capture holds WebSockets over HTTP/1.1 only: leave out --http2 or --capture.');
}

const config: ChatConfig = {
  port: flags.port,
  host: flags.host,
  engine: flags.engine,
  compression: flags.compression,
  tls: flags.tls,
  http2: flags.http2,
  allowedOrigins: flags.allowedOrigin,
  capture: flags.capture,
};

if (config.capture !== undefined) startCapture(config.capture);

const chat = new ChatLauncher(course, config);
chat.on('running', (url, labs) => {
  console.log(`Chat: ${url}${config.engine === 'labs' ? `\n${formatWhose(course, labs)}` : ''}`);
});
chat.on('fallback', (sentence) => console.error(sentence));
chat.on('down', fail);

function startCapture(file: string): void {
  try {
    createCapture(file);
  } catch (error) {
    fail(`The capture cannot be written. ${(error as Error).message}`);
  }
}

function fail(sentence: string): void {
  console.error(sentence);
  process.exit(1);
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => chat.stop().then(() => process.exit(0)));
}

await chat
  .start(flags.mine === 'passing' ? await passingLabs(course) : flags.mine)
  .catch((error: Error) => fail(error.message));
