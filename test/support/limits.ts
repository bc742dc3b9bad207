import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { expect } from 'vitest';
import { type HandshakeLimits, TokenBucket, type Verdict } from '#labs/16-limits';
import { expectThat } from './expect-that.ts';
import { VirtualClock } from './virtual-clock.ts';

/** Ten a second, five at once. */
export const rate = { perSecond: 10, burst: 5 };

/** A bucket under a clock of its own. */
export class TestBucket extends TokenBucket {
  readonly burst: number;
  readonly clock: VirtualClock;

  constructor(options = rate) {
    const clock = new VirtualClock();
    super(options, clock);
    this.clock = clock;
    this.burst = options.burst;
  }

  /** Takes one by one until it is told to wait, at most `most`: how many it got. */
  drain(most = 1_000): number {
    let taken = 0;
    while (taken < most && this.take() === 0) taken++;
    return taken;
  }
}

/** Time that stands still, and how often it was looked at. */
export class CountingClock extends VirtualClock {
  looks = 0;

  override now(): number {
    this.looks++;
    return super.now();
  }
}

/** Verdicts in short: `pass`, `refuse 100`, `close 1008`. */
function short(verdict: Verdict): string {
  switch (verdict.do) {
    case 'pass':
      return 'pass';
    case 'refuse':
      return `refuse ${verdict.retryAfterMs}`;
    case 'close':
      return `close ${verdict.code}`;
  }
}

/** Expects these verdicts, in this order, of so many calls. */
export function expectVerdicts(what: string, ask: () => Verdict, expected: string[]): void {
  expect(
    expected.map(() => short(ask())),
    what,
  ).toEqual(expected);
}

/** Node's own HTTP server under the limits of the lab, and what came through to the application. */
export class LimitedServer {
  readonly upgrades: IncomingMessage[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Duplex>();

  constructor(limits: HandshakeLimits, scheme: 'http' | 'https' = 'http') {
    this.#server =
      scheme === 'https' ? createHttps(limits) : createServer(limits, (_request, response) => response.end());
    this.#server.maxHeadersCount = limits.maxHeadersCount;
    this.#server.on('connection', (socket) => this.#sockets.add(socket));
    this.#server.on('upgrade', (request, socket) => {
      this.upgrades.push(request);
      socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\n');
    });
  }

  /** Runs while it listens, and cuts every connection at the end. */
  async run(act: (connect: () => RawClient) => Promise<void>): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const { port } = this.#server.address() as AddressInfo;
    try {
      await act(() => new RawClient(connect(port, '127.0.0.1')));
    } finally {
      for (const socket of this.#sockets) socket.destroy();
      await new Promise((resolve) => this.#server.close(resolve));
    }
  }
}

/** A client that sends what it likes, when it likes. */
export class RawClient {
  answer = '';
  readonly #socket: Socket;
  readonly #startedAt = performance.now();
  /** How long the connection lasted, in ms. */
  readonly #closed: Promise<number>;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('latin1').on('data', (text) => {
      this.answer += text;
    });
    // A reset is an end like any other here.
    socket.on('error', () => {});
    this.#closed = new Promise((resolve) =>
      socket.on('close', () => resolve(performance.now() - this.#startedAt)),
    );
  }

  send(text: string): void {
    this.#socket.write(text);
  }

  /** Sends a byte again and again, and each is a sign of life, until the connection ends. */
  drip(everyMs: number): void {
    const timer = setInterval(() => this.#socket.write('x'), everyMs);
    this.#socket.on('close', () => clearInterval(timer));
  }

  /** Waits for the end: an assertion fails if it has not come within so many ms. */
  async ended(what: string, withinMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), withinMs);
    });
    const lasted = await Promise.race([this.#closed, late]);
    clearTimeout(timer);
    this.#socket.destroy();
    expectThat(lasted !== undefined, `${what}: after ${withinMs} ms the server still held the connection.`);
  }
}

/** The head of an upgrade request without its last, empty line. */
export const handshakeHead = [
  'GET /chat HTTP/1.1',
  'Host: chat.example',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version: 13',
  '',
].join('\r\n');
