import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { ChatClient, type ChatClientEvents, type ChatClientOptions } from '#labs/21-chat-client';
import { getTicket, post, signIn, startChat, TestClient } from './chat-support.ts';

/** A client of someone who is signed in, connecting. */
async function startClient(
  host: string,
  name: string,
  WebSocketClass: ChatClientOptions['WebSocket'] = WebSocket,
): Promise<ChatClient> {
  const { session } = await signIn(host, name);
  const client = new ChatClient({
    url: `ws://${host}/chat`,
    getTicket: () => getTicket(host, session),
    WebSocket: WebSocketClass,
  });
  onTestFinished(() => client.close());
  client.tryNow();
  return client;
}

function next<E extends keyof ChatClientEvents>(
  client: ChatClient,
  event: E,
  wanted: (...args: ChatClientEvents[E]) => boolean = () => true,
): Promise<ChatClientEvents[E]> {
  return new Promise((resolve) => {
    const off = client.on(event, (...args) => {
      if (!wanted(...args)) return;
      off();
      resolve(args);
    });
  });
}

const isOpen = ({ name }: { name: string }) => name === 'open';
const isWaiting = ({ name }: { name: string }) => name === 'waiting';

describe('the client', () => {
  test('connects, joins and talks, each of its messages told as sent', async () => {
    const { host } = await startChat('labs');
    const client = await startClient(host, 'Ada');
    client.join('lobby');
    await next(client, 'joined');
    const arrived = next(client, 'chat');
    const id = client.chat('lobby', 'hello');
    expect(await next(client, 'sent')).toEqual([id]);
    expect(await arrived).toMatchObject([{ id, seq: 1, content: 'hello' }]);
  });

  test('that is told to wait for its ticket waits, and comes back', async () => {
    const { host } = await startChat('labs', { signInRate: { perSecond: 0.5, burst: 1 } });
    const { session } = await signIn(host, 'Ada');
    const statuses: number[] = [];
    const client = new ChatClient({
      url: `ws://${host}/chat`,
      async getTicket() {
        const Authorization = `Bearer ${session}`;
        const response = await post(`http://${host}/ticket`, undefined, { Authorization });
        statuses.push(response.status);
        if (!response.ok) throw new Error('as in a page');
        return ((await response.json()) as { ticket: string }).ticket;
      },
      WebSocket,
      policy: { firstMs: 500, capMs: 2_000 },
    });
    onTestFinished(() => client.close());
    client.tryNow();
    await next(client, 'state', isWaiting);
    await next(client, 'state', isOpen);
    expect([statuses[0], statuses.at(-1)]).toEqual([429, 200]);
  });

  test('tells why a message was refused', async () => {
    const { host } = await startChat('labs');
    const client = await startClient(host, 'Ada');
    await next(client, 'state', isOpen);
    const outside = client.chat('lobby', 'not in here');
    expect(await next(client, 'failed')).toEqual([outside, 'You are not in the room "lobby".']);
    const long = client.chat('lobby', 'x'.repeat(4_001));
    expect(await next(client, 'failed')).toEqual([long, 'This message is too long.']);
  });

  test('comes back after a loss, misses nothing and sends what waited, once', async () => {
    const { host } = await startChat('labs');
    const other = await TestClient.join(host, 'Ben');
    await other.enter('lobby');
    const sockets: WebSocket[] = [];
    class Recorded extends WebSocket {
      constructor(url: string, protocol: string) {
        super(url, protocol);
        sockets.push(this);
      }
    }
    const client = await startClient(host, 'Ada', Recorded);
    client.join('lobby');
    await next(client, 'joined');

    sockets[0].terminate();
    await next(client, 'state', isWaiting);
    other.send({ type: 'chat', id: 'm1', room: 'lobby', content: 'missed?' });
    await other.next('ack');
    const id = client.chat('lobby', 'written while away');
    const [joined, sent] = [next(client, 'joined'), next(client, 'sent')];
    client.tryNow();
    expect(await joined).toMatchObject([{ gap: false, messages: [{ content: 'missed?' }] }]);
    expect(await sent).toEqual([id]);
    const contents = (await other.settled()).flatMap((message) =>
      message.type === 'chat' && message.id === id ? [message.content] : [],
    );
    expect(contents).toEqual(['written while away']);
  });

  test('sends what the rate limit refused again, until all is sent', async () => {
    const { host } = await startChat('labs');
    const client = await startClient(host, 'Ada');
    client.join('lobby');
    await next(client, 'joined');
    const waiting = new Set(Array.from({ length: 230 }, (_, n) => client.chat('lobby', `${n}`)));
    client.on('sent', (id) => waiting.delete(id));
    await next(client, 'sent', () => waiting.size === 0);
  });

  test('comes back when the server said so, and not after 1008', async () => {
    const first = await startChat('labs');
    const client = await startClient(first.host, 'Ada');
    await next(client, 'state', isOpen);
    const lost = next(client, 'state', isWaiting);
    await first.close();
    const [state] = await lost;
    expect(state.name === 'waiting' && state.retryAt - Date.now()).toBeLessThanOrEqual(1_000);

    const second = await startChat('labs', { authDeadlineMs: 50 });
    class Mute extends WebSocket {
      override send(): void {}
    }
    const refused = await startClient(second.host, 'Ben', Mute);
    const [closed] = await next(refused, 'state', ({ name }) => name === 'closed');
    expect(closed).toEqual({ name: 'closed', reason: 'No good ticket came in time.' });
  });

  test('waits without a countdown while the machine has no network', async () => {
    const { host, close } = await startChat('labs');
    const client = await startClient(host, 'Ada');
    await next(client, 'state', isOpen);
    client.networkLost();
    expect(client.state.name).toBe('open');
    const lost = next(client, 'state', ({ name }) => name === 'offline');
    await close();
    await lost;
    client.networkBack();
    expect(client.state.name).toBe('waiting');
    client.networkLost();
    expect(client.state).toEqual({ name: 'offline' });
    client.pageShown();
    expect(client.state).toEqual({ name: 'connecting' });
  });
});
