import { AssertionError } from 'node:assert';
import { once } from 'node:events';
import { connect } from 'node:net';
import { onTestFinished } from 'vitest';
import type { ClientOptions } from 'ws';
import type { ClientMessage, MessageOf, ServerMessage } from '#labs/10-protocol';
import { type ChatServerOptions, startChatServer } from '#labs/20-chat-server';
import { loadEngine } from '../../workbook/chat/engine.ts';
import { Scrape } from '../../workbook/chat/web/status/scrape.ts';
import { expectThat } from './expect-that.ts';
import { getTicket, signIn, TestClient } from './test-client.ts';

/** How long a check waits for what a server does at once, in ms. */
const patienceMs = 1_000;

/** One running chat server. */
export interface ChatNode {
  /** `127.0.0.1:40123` */
  host: string;
  close(): Promise<void>;
}

/** A node on the engine of labs 01 to 08, on a free port, stopped when the check is over. */
export async function startNode(options: Partial<ChatServerOptions> = {}): Promise<ChatNode> {
  const server = await startChatServer(0, '127.0.0.1', {
    engine: await loadEngine('labs'),
    page: new Map(),
    drain: { spreadMs: 0, batches: 1, deadlineMs: 200 },
    ...options,
  });
  onTestFinished(() => server.close());
  return { host: `127.0.0.1:${server.address.port}`, close: () => server.close() };
}

/** A client that does not wait for ever. */
export class Guest extends TestClient {
  /** Connected, and not authenticated. */
  static async connect(host: string, options?: ClientOptions): Promise<Guest> {
    const guest = new Guest(host, options);
    await within('a WebSocket', once(guest.socket, 'open'));
    return guest;
  }

  /** Connected and authenticated; a session makes it one more connection of the same user. */
  static override async join(host: string, name: string, session?: string): Promise<Guest> {
    const guest = await Guest.connect(host);
    const ticket = await getTicket(host, session ?? (await signIn(host, name)).session);
    guest.send({ type: 'auth', ticket });
    guest.user = (await guest.next('welcome')).user;
    return guest;
  }

  /** As `join`, and in a room. */
  static async enter(host: string, name: string, room: string): Promise<Guest> {
    const guest = await Guest.join(host, name);
    await guest.enter(room);
    return guest;
  }

  override next<T extends ServerMessage['type']>(type: T): Promise<MessageOf<ServerMessage, T>> {
    return within(`\`${type}\``, super.next(type));
  }

  override settled(): Promise<ServerMessage[]> {
    return within('`pong`', super.settled());
  }

  /** Waits until it is closed with this code. */
  async expectClosed(code: number, why: string, ms?: number): Promise<void> {
    const got = await within(`the end of the connection with ${code}: ${why}`, this.closed, ms);
    expectThat(got === code, `The connection must end with ${code}, not with ${got}: ${why}`);
  }

  /** What has come up to now, without asking the chat: a ping of RFC 6455 §5.5.2 goes past what is under way. */
  async soFar(): Promise<ServerMessage[]> {
    const pong = once(this.socket, 'pong');
    this.socket.ping();
    await within('a pong of RFC 6455', pong);
    return this.received;
  }

  /** What was said in rooms, of what has come up to now. */
  async heard(): Promise<string[]> {
    return (await this.settled()).flatMap((message) => (message.type === 'chat' ? [message.content] : []));
  }

  /** Sends all of this at once. */
  sendAll(...messages: ClientMessage[]): void {
    for (const message of messages) this.send(message);
  }
}

/** A message for the lobby. */
export function said(id: string, content = id): MessageOf<ClientMessage, 'chat'> {
  return { type: 'chat', id, room: 'lobby', content };
}

/** The status that an upgrade is answered with, 101 if it is a WebSocket. */
export async function upgradeStatus(
  host: string,
  headers: Record<string, string> = {},
  path = '/chat',
): Promise<number> {
  const [hostname, port] = host.split(':');
  const socket = connect(Number(port), hostname);
  onTestFinished(() => void socket.destroy());
  const lines = Object.entries({
    Host: host,
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version': '13',
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`);
  const [answer] = (await within('an answer to the upgrade', once(socket, 'data'))) as [Buffer];
  const status = Number(answer.toString('latin1').split(' ')[1]);
  if (status !== 101) socket.destroy();
  return status;
}

/** Asks for a WebSocket again and again until there is one. */
export async function untilAdmitted(host: string): Promise<void> {
  const endsAt = performance.now() + patienceMs;
  let status: number;
  do status = await upgradeStatus(host);
  while (status !== 101 && performance.now() < endsAt);
  expectThat(status === 101, `The only place must be free again; a second later the answer is ${status}.`);
}

/** `/healthz`: its status line and its body. */
export async function health(host: string): Promise<{ code: number; status: string }> {
  const response = await within('an answer of /healthz', fetch(`http://${host}/healthz`));
  return { code: response.status, status: ((await response.json()) as { status: string }).status };
}

export async function scrape(host: string): Promise<Scrape> {
  return new Scrape(await (await fetch(`http://${host}/metrics`)).text());
}

/** Asks `/metrics` again and again until a number is this. */
export async function untilMetric(host: string, name: string, wanted: number): Promise<void> {
  const endsAt = performance.now() + patienceMs;
  let value: number | undefined;
  do {
    value = (await scrape(host)).sum(name);
    if (value === wanted) return;
  } while (performance.now() < endsAt);
  throw new AssertionError({ message: `${name} must become ${wanted}; it is ${value} after a second.` });
}

export async function signOut(host: string, session: string): Promise<void> {
  const headers = { Authorization: `Bearer ${session}` };
  const { status } = await fetch(`http://${host}/session`, { method: 'DELETE', headers });
  expectThat(status === 204, `DELETE /session must be answered with 204, not with ${status}.`);
}

/** The promise, or an assertion that says what did not come. */
export async function within<T>(what: string, promise: Promise<T>, ms = patienceMs): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const message = `The server has ${ms / 1000} s for ${what}, and it did not come.`;
    timer = setTimeout(() => reject(new AssertionError({ message })), ms);
  });
  return await Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
