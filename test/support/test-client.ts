import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import { type ClientOptions, WebSocket } from 'ws';
import {
  type ClientMessage,
  type MessageOf,
  type ServerMessage,
  subprotocol,
  type User,
} from '#labs/10-protocol';

export async function post(
  url: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  return await fetch(url, {
    method: 'POST',
    headers: body === undefined ? headers : { 'Content-Type': 'application/json', ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
}

export async function signIn(host: string, name: string): Promise<{ session: string; user: User }> {
  const response = await post(`http://${host}/session`, { name });
  return (await response.json()) as { session: string; user: User };
}

export async function getTicket(host: string, session: string): Promise<string> {
  const response = await post(`http://${host}/ticket`, undefined, { Authorization: `Bearer ${session}` });
  return ((await response.json()) as { ticket: string }).ticket;
}

/** A client that hides nothing: it sends what it is given, and hands out what comes, in order. */
export class TestClient {
  readonly socket: WebSocket;
  readonly received: ServerMessage[] = [];
  /** The code of the close event, once it has come. */
  readonly closed: Promise<number>;
  user: User = { id: '', name: '' };
  #arrived = () => {};

  constructor(host: string, options: Pick<ClientOptions, 'origin' | 'perMessageDeflate'> = {}) {
    this.socket = new WebSocket(`ws://${host}/chat`, subprotocol, options);
    this.closed = once(this.socket, 'close').then(([code]) => code as number);
    this.closed.catch(() => {});
    this.socket.on('message', (data) => {
      this.received.push(JSON.parse(String(data)) as ServerMessage);
      this.#arrived();
    });
    onTestFinished(() => this.socket.terminate());
  }

  /** Connects and authenticates; a session makes it one more connection of the same user. */
  static async join(host: string, name: string, session?: string): Promise<TestClient> {
    return await new TestClient(host).authenticate(host, name, session);
  }

  async authenticate(host: string, name: string, session?: string): Promise<this> {
    await once(this.socket, 'open');
    const ticket = await getTicket(host, session ?? (await signIn(host, name)).session);
    this.send({ type: 'auth', ticket });
    this.user = (await this.next('welcome')).user;
    return this;
  }

  send(message: ClientMessage): void {
    this.socket.send(JSON.stringify(message));
  }

  /** Takes the next message of this type, and drops those before it. */
  async next<T extends ServerMessage['type']>(type: T): Promise<MessageOf<ServerMessage, T>> {
    for (;;) {
      for (let message = this.received.shift(); message; message = this.received.shift()) {
        if (message.type === type) return message as MessageOf<ServerMessage, T>;
      }
      await new Promise<void>((resolve) => {
        this.#arrived = resolve;
      });
    }
  }

  /** Everything the server has sent up to now: what comes before the answer to a ping. */
  async settled(): Promise<ServerMessage[]> {
    this.send({ type: 'ping' });
    while (!this.received.some(({ type }) => type === 'pong')) {
      await new Promise<void>((resolve) => {
        this.#arrived = resolve;
      });
    }
    return this.received.splice(0).filter(({ type }) => type !== 'pong');
  }

  async enter(
    room: string,
    since?: { epoch: string; seq: number },
  ): Promise<MessageOf<ServerMessage, 'joined'>> {
    this.send({ type: 'join', room, since });
    return await this.next('joined');
  }
}
