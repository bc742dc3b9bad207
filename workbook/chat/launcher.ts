import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';
import type { RedisOptions } from '#labs/17-backplane';
import { type Course, conditionsWithout, type Lab, workbookRoot } from '../course.ts';
import { listenProblem } from '../listen-problem.ts';
import type { TlsIdentity } from './certificate.ts';
import type { EngineName } from './engine.ts';
import type { WireNote } from './live-wire.ts';

export interface ChatConfig {
  /** 0 lets the system choose; a restart keeps what it chose. */
  port: number;
  host: string;
  engine: EngineName;
  /** Whether clients that offer compression get it. Default: false. */
  compression?: boolean;
  /** Whether it speaks TLS: with this certificate, or one made for the purpose. Default: not. */
  tls?: boolean | TlsIdentity;
  /** Whether it speaks HTTP/2 with who can; needs `tls`. Default: not. */
  http2?: boolean;
  /** Origins beside the chat's own whose pages may use it: `http://localhost:5173`. */
  allowedOrigins: readonly string[];
  /** The Redis that its nodes share. Default: none, it is one node. */
  redis?: RedisOptions;
  /** Addresses of proxies whose `X-Forwarded-For` is believed. Default: none. */
  trustedProxies?: readonly string[];
  /** The least that is logged: `info`. Default: nothing. */
  log?: string;
  /** Over how many ms its clients are sent away when it stops. Default: 1,000. */
  drainMs?: number;
  /** The file of `createCapture` to which all WebSockets are recorded. Default: none. */
  capture?: string;
  /** Whether `watchWire` may be asked for. Default: not. */
  liveWire?: boolean;
}

/** What the chat's process is told, as JSON in its first argument. Its secrets are in `ChildSecrets`. */
export interface ChildConfig extends Omit<ChatConfig, 'tls' | 'redis'> {
  labs: Record<string, 'yours' | 'reference'>;
}

/** What it is told as JSON in `CHAT_SECRETS`: arguments can be read by every user of the machine. */
export interface ChildSecrets {
  tls?: TlsIdentity;
  /** Its URL may have a password. */
  redis?: RedisOptions;
}

/** What the chat's process says. */
export type ChildMessage =
  | { type: 'listening'; port: number }
  | { type: 'alive' }
  | { type: 'wire'; notes: WireNote[] }
  | { type: 'failed'; code?: string; message: string; stack: string };

/** What the chat's process is asked for. */
export type ParentMessage = 'shutdown' | 'watch-wire' | 'ignore-wire';

export interface ChatEvents {
  /** It runs, for the first time or again: where, and on which labs of the learner's. */
  running: [url: string, mine: readonly Lab[]];
  /** A learner's file stopped it, and it goes on with the reference: one sentence. */
  fallback: [sentence: string, lab: Lab | undefined];
  /** What passed on its WebSockets, while they are watched. */
  wire: [notes: WireNote[]];
  /** It stopped on the reference alone, or does not start again, and stays down: one sentence. */
  down: [sentence: string];
}

/** The chat could not be started, and no lab is to blame. `code` is that of `listen`: `EADDRINUSE`, say. */
export class ChatStartError extends Error {
  override name = 'ChatStartError';
  readonly code: string | undefined;

  constructor(message: string, code?: string) {
    super(message);
    this.code = code;
  }
}

/** A chat that says nothing for this long, in ms, hangs: an endless loop in a lab, most likely. */
const defaultSilenceMs = 30_000;
/** How long a chat may take to stop, in ms, before its process is ended; the time to send its clients away comes on top. */
const stopTimeoutMs = 5_000;

type Failure = Omit<Extract<ChildMessage, { type: 'failed' }>, 'type'>;

/**
 * Runs the chat in a process of its own, on the learner's file for some labs and the reference for the others.
 * When a learner's file stops it, at the start or later, it is started again without that file.
 */
export class ChatLauncher extends EventEmitter<ChatEvents> {
  readonly #course: Course;
  readonly #config: ChatConfig;
  readonly #silenceMs: number;
  /** Kept over restarts, so that sessions are; a secret from the environment goes before it. */
  readonly #secret = process.env.AUTH_SECRET || randomBytes(32).toString('base64url');
  /** Kept over restarts, so that a browser that took it once goes on. */
  #identity: TlsIdentity | undefined;
  #port: number;
  #child: ChildProcess | undefined;
  #mine: readonly Lab[] = [];
  #stopped = false;
  #wireWatched = false;
  /** One change at a time: each waits for the one before it. */
  #lastChange: Promise<void> = Promise.resolve();

  constructor(course: Course, config: ChatConfig, { silenceMs = defaultSilenceMs } = {}) {
    super();
    this.#course = course;
    this.#config = config;
    this.#port = config.port;
    this.#silenceMs = silenceMs;
  }

  /** Which labs of the learner's the chat runs on now. */
  get mine(): readonly Lab[] {
    return this.#mine;
  }

  /** The address for a browser on this machine. */
  get url(): string {
    const { host } = this.#config;
    const everywhere = ['127.0.0.1', '0.0.0.0', '::', '::1'].includes(host);
    const name = everywhere ? 'localhost' : host.includes(':') ? `[${host}]` : host;
    return `${this.#config.tls ? 'https' : 'http'}://${name}:${this.#port}`;
  }

  /** @throws ChatStartError when no lab is to blame, for a taken port say. */
  start(mine: readonly Lab[]): Promise<void> {
    return this.#change(() => this.#startWith(mine));
  }

  /**
   * Stops the chat, if it runs, and starts it on these labs; open pages reconnect by themselves. Never throws:
   * a chat that does not start again says `down`.
   */
  restart(mine: readonly Lab[]): Promise<void> {
    return this.#change(async () => {
      await this.#stopChild();
      await this.#startWith(mine).catch((error: Error) => this.emit('down', error.message));
    });
  }

  /** Clients are told to come back, then the process ends. Nothing starts after it. */
  stop(): Promise<void> {
    this.#stopped = true;
    return this.#change(() => this.#stopChild());
  }

  /** Asks for `wire` events; again, to hear of the open connections once more. Kept over restarts. */
  watchWire(): void {
    this.#wireWatched = true;
    if (this.#child) ask(this.#child, 'watch-wire');
  }

  ignoreWire(): void {
    this.#wireWatched = false;
    if (this.#child) ask(this.#child, 'ignore-wire');
  }

  #change(change: () => Promise<void>): Promise<void> {
    const done = this.#lastChange.then(change);
    this.#lastChange = done.catch(() => {});
    return done;
  }

  async #startWith(mine: readonly Lab[]): Promise<void> {
    this.#mine = mine;
    while (!this.#stopped) {
      const failure = await this.#launch();
      if (!failure) {
        this.emit('running', this.url, this.#mine);
        return;
      }
      // A Ctrl-C in a terminal reaches the child as well, in the middle of its start perhaps.
      if (this.#stopped) return;
      const reason = startProblem(failure, this.#config, this.#port);
      if (reason) throw new ChatStartError(reason, failure.code);
      if (this.#mine.length === 0) throw new ChatStartError(`The chat could not start: ${failure.message}`);
      this.#fallBack(failure);
    }
  }

  /** Starts the process: undefined once it listens, else why it does not. */
  async #launch(): Promise<Failure | undefined> {
    const { tls, redis, ...shown } = this.#config;
    const config: ChildConfig = { ...shown, port: this.#port, labs: this.#whose() };
    const secrets: ChildSecrets = { tls: await this.#identify(tls), redis };
    const conditions = conditionsWithout(this.#course, this.#mine).map((name) => `--conditions=${name}`);
    const child = fork(join(import.meta.dirname, 'main.ts'), [JSON.stringify(config)], {
      cwd: workbookRoot,
      env: { ...process.env, AUTH_SECRET: this.#secret, CHAT_SECRETS: JSON.stringify(secrets) },
      execArgv: [...conditions, '--import', 'tsx'],
    });
    this.#child = child;

    return await new Promise((resolve) => {
      let failure: Failure | undefined;
      let listening = false;
      const silence = setTimeout(() => {
        const seconds = this.#silenceMs / 1000;
        const message = `it did not answer for ${seconds} seconds`;
        failure = { message, stack: message };
        child.kill('SIGKILL');
      }, this.#silenceMs);
      child.on('message', (message: ChildMessage) => {
        silence.refresh();
        if (message.type === 'failed') failure = message;
        if (message.type === 'wire') this.emit('wire', message.notes);
        if (message.type !== 'listening') return;
        listening = true;
        this.#port = message.port;
        if (this.#wireWatched) ask(child, 'watch-wire');
        resolve(undefined);
      });
      child.on('exit', (code, signal) => {
        clearTimeout(silence);
        const how = `its process ended (${signal ?? `exit code ${code}`})`;
        failure ??= { message: how, stack: how };
        if (!listening) resolve(failure);
        else if (this.#child === child) this.#recover(failure);
      });
    });
  }

  async #identify(tls: ChatConfig['tls']): Promise<TlsIdentity | undefined> {
    if (tls !== true) return tls || undefined;
    // Loaded only for TLS: what makes certificates is large.
    const { makeCertificate } = await import('./certificate.ts');
    this.#identity ??= await makeCertificate();
    return this.#identity;
  }

  /** The chat ran and has stopped by itself. */
  #recover(failure: Failure): void {
    this.#child = undefined;
    if (this.#stopped) return;
    if (this.#mine.length === 0) {
      this.emit('down', `The chat has stopped: ${failure.message}.`);
      return;
    }
    this.#fallBack(failure);
    void this.restart(this.#mine);
  }

  #fallBack(failure: Failure): void {
    const lab = culprit(failure, this.#mine);
    const file = lab && `labs/${lab.id}.ts`;
    const reason = oneLine(failure.message, this.#course.root);
    this.#mine = lab ? this.#mine.filter((other) => other !== lab) : [];
    this.emit(
      'fallback',
      file
        ? `${file} stopped the chat (${reason}): it goes on with the reference for lab ${lab.number}.`
        : `The chat has stopped on your labs (${reason}): it goes on with the reference for all of them.`,
      lab,
    );
  }

  async #stopChild(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    ask(child, 'shutdown');
    const deadline = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs + (this.#config.drainMs ?? 0));
    await exited;
    clearTimeout(deadline);
  }

  #whose(): ChildConfig['labs'] {
    return Object.fromEntries(
      this.#course.labs.map((lab) => [lab.number, this.#mine.includes(lab) ? 'yours' : 'reference']),
    );
  }
}

/** The child may be gone before it reads this, after a Ctrl-C say, and that is no error. */
function ask(child: ChildProcess, message: ParentMessage): void {
  if (child.connected) child.send(message, () => {});
}

/** Why it cannot start, in a sentence; undefined where a lab may be to blame. */
function startProblem({ code }: Failure, { host, redis }: ChatConfig, port: number): string | undefined {
  if (code !== 'UNAVAILABLE') return listenProblem(code, host, port);
  return `There is no Redis at ${redis && new URL(redis.url).host}. Start one, or leave out --redis.`;
}

/** The learner's file that comes first in the stack, the innermost one: by its path, or as `#labs/03-frames`. */
function culprit({ stack }: Failure, mine: readonly Lab[]): Lab | undefined {
  const slashed = stack.replaceAll('\\', '/');
  const found = mine
    .map((lab) => ({ lab, at: slashed.indexOf(`labs/${lab.id}`) }))
    .filter(({ at }) => at !== -1)
    .sort((a, b) => a.at - b.at);
  return found[0]?.lab;
}

/** A message as part of a sentence: one line, without the absolute path of the course. */
function oneLine(message: string, root: string): string {
  const lines = message.split('\n').filter((line) => line.trim() !== '');
  // esbuild says "Transform failed with 1 error:", and on the next line where and why.
  const line = lines[0]?.endsWith(':') && lines[1] ? lines[1] : (lines[0] ?? 'no reason given');
  return line.replaceAll(root, '').replaceAll('\\', '/').replace(/^\//, '').replace(/\.$/, '');
}
