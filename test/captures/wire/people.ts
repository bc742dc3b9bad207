import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { ChatClient } from '#labs/21-chat-client';
import { machines, port } from './network.ts';

const host = `${machines.server.ipv4}:${port}`;

/** Two people in the chat: both enter the lobby and speak, one says something to the other alone, both leave. */
export async function people(): Promise<void> {
  const ada = await ChatPerson.signIn('Ada');
  await ada.enter('lobby');
  const ben = await ChatPerson.signIn('Ben');
  await ben.enter('lobby');
  await ada.says('lobby', 'Hello, is anyone here?');
  await ben.says('lobby', 'Yes. Grüß dich, Ada 👋');
  await ada.tells(ben, 'Lunch?');
  await ben.leave();
  await ada.leave();
}

/** A person at the chat's own client, over `ws`. */
class ChatPerson {
  readonly userId: string;
  readonly #client: ChatClient;

  private constructor(userId: string, client: ChatClient) {
    this.userId = userId;
    this.#client = client;
  }

  static async signIn(name: string): Promise<ChatPerson> {
    const { session, user } = await post('/session', { body: JSON.stringify({ name }) });
    const client = new ChatClient({
      url: `ws://${host}/chat`,
      getTicket: async () =>
        (await post('/ticket', { headers: { Authorization: `Bearer ${session}` } })).ticket,
      WebSocket,
    });
    client.tryNow();
    while (client.state.name !== 'open') await next(client, 'state');
    return new ChatPerson(user.id, client);
  }

  async enter(room: string): Promise<void> {
    this.#client.join(room);
    await next(this.#client, 'joined');
  }

  async says(room: string, content: string): Promise<void> {
    this.#client.chat(room, content);
    await next(this.#client, 'sent');
  }

  async tells({ userId }: ChatPerson, content: string): Promise<void> {
    this.#client.direct(userId, content);
    await next(this.#client, 'sent');
  }

  /** The client lets go of its socket without waiting for the other side's Close: give that time. */
  async leave(): Promise<void> {
    this.#client.close();
    await sleep(50);
  }
}

function next(client: ChatClient, event: 'state' | 'joined' | 'sent'): Promise<void> {
  return new Promise((resolve) => {
    const stop = client.on(event, () => {
      stop();
      resolve();
    });
  });
}

async function post(
  path: string,
  { headers = {}, body = '{}' }: { headers?: Record<string, string>; body?: string },
) {
  const response = await fetch(`http://${host}${path}`, {
    method: 'POST',
    headers: { ...headers, 'Content-Type': 'application/json' },
    body,
  });
  return (await response.json()) as { session: string; user: { id: string }; ticket: string };
}
