import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { createSecureContext } from 'node:tls';
import { InvalidArgumentError, Option } from 'commander';
import { createCapture } from '../chat/capture.ts';
import type { TlsIdentity } from '../chat/certificate.ts';
import type { EngineName } from '../chat/engine.ts';
import { type ChatConfig, ChatLauncher } from '../chat/launcher.ts';
import { formatWhose } from '../chat/whose.ts';
import { commandLine, currentCourse, parsePort, usageError } from '../command-line.ts';
import { findLab, type Lab } from '../course.ts';
import { passingLabs } from '../progress.ts';

interface Flags {
  port: number;
  host: string;
  mine: Lab[] | 'passing';
  engine: EngineName;
  compression: boolean;
  tls: boolean;
  cert?: string;
  key?: string;
  http2: boolean;
  redis?: string;
  redisCluster: boolean;
  trustProxy: string[];
  log?: string;
  drain: number;
  capture?: string;
  allowedOrigin: string[];
}

const course = currentCourse();

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

function parseRedis(value: string): string {
  if (/^rediss?:/.test(value) && URL.canParse(value)) return value;
  throw new InvalidArgumentError('A Redis is named as in redis://localhost:6379.');
}

function parseProxy(value: string, before: string[]): string[] {
  if (isIP(value)) return [...before, value];
  throw new InvalidArgumentError('A proxy is named by its address, as in 127.0.0.1.');
}

function parseSeconds(value: string): number {
  if (/^\d{1,4}$/.test(value)) return Number(value);
  throw new InvalidArgumentError('A time is a whole number of seconds.');
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
  .option('--cert <file>', 'the certificate of --tls, as PEM, with those between it and the root')
  .option('--key <file>', 'its private key, as PEM')
  .option('--http2', 'WebSockets over HTTP/2 for browsers that can (RFC 8441); needs --tls', false)
  .addOption(
    new Option('--redis <url>', 'what the nodes of a chat share; they share AUTH_SECRET too').argParser(
      parseRedis,
    ),
  )
  .option('--redis-cluster', 'it is a Redis Cluster, and the URL that of one of its nodes', false)
  .addOption(
    new Option('--trust-proxy <address>', 'a proxy in front, whose X-Forwarded-For is believed; repeatable')
      .default([])
      .argParser(parseProxy),
  )
  .addOption(
    new Option('--log <level>', 'log lines of JSON on standard output').choices([
      'debug',
      'info',
      'warn',
      'error',
    ]),
  )
  .addOption(
    new Option('--drain <seconds>', 'over how long clients are sent away when it stops')
      .default(1)
      .argParser(parseSeconds),
  )
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
if ((flags.cert === undefined) !== (flags.key === undefined)) usageError('--cert and --key go together.');
if (flags.cert !== undefined && !flags.tls) usageError('A certificate is for TLS: add --tls.');
if (flags.redisCluster && !flags.redis) usageError('--redis-cluster needs --redis.');
if (flags.redis && !process.env.AUTH_SECRET) {
  console.error('AUTH_SECRET is not set: sessions of this node are not good on others.');
}
const { OPERATOR_TOKEN } = process.env;
if (OPERATOR_TOKEN && OPERATOR_TOKEN.length < 16)
  usageError('OPERATOR_TOKEN must have 16 characters or more.');

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
  tls: flags.tls && readIdentity(flags),
  http2: flags.http2,
  allowedOrigins: flags.allowedOrigin,
  redis: flags.redis === undefined ? undefined : { url: flags.redis, cluster: flags.redisCluster },
  trustedProxies: flags.trustProxy,
  log: flags.log,
  drainMs: flags.drain * 1_000,
  capture: flags.capture,
};

/** A certificate that cannot be used is said here, and not at the first handshake. */
function readIdentity({ cert, key }: Flags): TlsIdentity | true {
  if (cert === undefined || key === undefined) return true;
  try {
    const identity = { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
    createSecureContext(identity);
    return identity;
  } catch (error) {
    return fail(`The certificate cannot be used. ${(error as Error).message}`);
  }
}

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

function fail(sentence: string): never {
  console.error(sentence);
  process.exit(1);
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => chat.stop().then(() => process.exit(0)));
}

await chat
  .start(flags.mine === 'passing' ? await passingLabs(course) : flags.mine)
  .catch((error: Error) => fail(error.message));
