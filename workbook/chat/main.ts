/**
 * The chat's own process, started by launcher.ts with the conditions that say whose labs run. It ends when its
 * parent asks, when its parent is gone, and at SIGINT or SIGTERM; each time clients are told to come back.
 */

import { RedisBackplane, Unavailable } from '#labs/17-backplane';
import { createLogger } from '#labs/19-monitoring';
import { type ChatServer, type ChatServerOptions, startChatServer } from '#labs/20-chat-server';
import { Capture } from './capture.ts';
import { loadEngine } from './engine.ts';
import type { ChildConfig, ChildMessage, ChildSecrets, ParentMessage } from './launcher.ts';
import { serverLimits } from './limits.ts';
import { LiveWire } from './live-wire.ts';
import { bundlePage } from './page.ts';
import { Tap } from './tap.ts';

/** How often the parent hears that this process is not stuck, in ms. */
const signOfLifeMs = 1_000;

const config = JSON.parse(process.argv[2]) as ChildConfig;
const { tls, redis } = JSON.parse(process.env.CHAT_SECRETS ?? '{}') as ChildSecrets;
const tap = config.liveWire || config.capture ? new Tap() : undefined;
const liveWire = tap && new LiveWire(tap, (notes, done) => tell({ type: 'wire', notes }, done));
let capture: Capture | undefined;
let server: ChatServer | undefined;

function tell(message: ChildMessage, done = () => {}): void {
  if (process.connected) process.send?.(message, done);
}

function onAsked(message: ParentMessage): void {
  switch (message) {
    case 'shutdown':
      shutdown();
      break;
    case 'watch-wire':
      liveWire?.watch();
      break;
    case 'ignore-wire':
      liveWire?.ignore();
      break;
  }
}

/** Says why to the parent, which knows what to do about it. */
function fail(error: unknown): void {
  const {
    message,
    stack = message,
    code = error instanceof Unavailable ? 'UNAVAILABLE' : undefined,
  }: NodeJS.ErrnoException = error instanceof Error ? error : new Error(String(error));
  process.exitCode = 1;
  if (!process.connected) process.exit();
  process.send?.({ type: 'failed', code, message, stack } satisfies ChildMessage, async () => {
    await capture?.close();
    process.exit();
  });
}

/** Ten batches a second. */
function drainOver(spreadMs: number = serverLimits.drain.spreadMs): ChatServerOptions['drain'] {
  return { spreadMs, batches: Math.max(1, Math.ceil(spreadMs / 100)), deadlineMs: spreadMs + 2_000 };
}

let stopping = false;

/** A Ctrl-C reaches this process twice: from the terminal, and as the parent's message. */
async function shutdown(): Promise<void> {
  if (stopping) return;
  stopping = true;
  await server?.close();
  await capture?.close();
  process.exit();
}

process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);
process.on('disconnect', shutdown);
process.on('message', onAsked);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, shutdown);

try {
  if (tap && config.capture) {
    capture = await Capture.append(config.capture, ({ message }) => {
      console.error(`The capture ends here, and the chat goes on: ${message}`);
    });
    tap.listen(capture);
  }
  const backplane = redis && new RedisBackplane(redis);
  server = await startChatServer(config.port, config.host, {
    engine: await loadEngine(config.engine, config),
    page: await bundlePage(Object.keys(config.labs).filter((number) => config.labs[number] === 'yours')),
    secret: process.env.AUTH_SECRET,
    allowedOrigins: config.allowedOrigins,
    labs: config.labs,
    trustedProxies: config.trustedProxies,
    operatorToken: process.env.OPERATOR_TOKEN,
    backplane,
    log: config.log === undefined ? undefined : createLogger({ level: config.log }),
    drain: drainOver(config.drainMs),
    tls,
    http2: config.http2,
    tap,
  });
  // Once it runs, it waits for a Redis that is away. But one that is not there at the start is a mistake, mostly.
  if (backplane && !backplane.isUp) {
    await server.close();
    throw new Unavailable('Redis cannot be reached.', 1_000);
  }
  tell({ type: 'listening', port: server.address.port });
  setInterval(() => tell({ type: 'alive' }), signOfLifeMs);
} catch (error) {
  fail(error);
}
