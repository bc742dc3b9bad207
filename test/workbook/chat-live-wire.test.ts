import { describe, expect, test } from 'vitest';
import { LiveWire, type WireNote } from '../../workbook/chat/live-wire.ts';
import { Tap } from '../../workbook/chat/tap.ts';
import { isLoopback } from '../../workbook/site/attach-wire.ts';
import { startChat, TestClient } from './chat-support.ts';

type NoteOf<T extends WireNote['type']> = Extract<WireNote, { type: T }>;

/** Takes batches one by one, as the parent's process does. */
class Watcher {
  readonly notes: WireNote[] = [];
  /** Ends the batch that is under way. */
  done = () => {};
  /** Whether each batch is over at once. */
  prompt = true;
  #onBatch = () => {};

  readonly take = (notes: WireNote[], done: () => void): void => {
    this.notes.push(...notes);
    if (this.prompt) done();
    else this.done = done;
    this.#onBatch();
  };

  async until<T extends WireNote['type']>(
    type: T,
    wanted: (note: NoteOf<T>) => boolean = () => true,
  ): Promise<NoteOf<T>> {
    for (;;) {
      const found = this.notes.find(
        (note): note is NoteOf<T> => note.type === type && wanted(note as NoteOf<T>),
      );
      if (found) return found;
      await new Promise<void>((resolve) => {
        this.#onBatch = resolve;
      });
    }
  }
}

const text = ({ base64 }: { base64: string }) => Buffer.from(base64, 'base64').toString('latin1');

async function watchedChat() {
  const tap = new Tap();
  const watcher = new Watcher();
  const wire = new LiveWire(tap, watcher.take);
  return { ...(await startChat('labs', { tap })), watcher, wire };
}

describe('the live wire of the chat', () => {
  test('says nothing until someone watches, and then how the open connections began', async () => {
    const { host, watcher, wire } = await watchedChat();
    const client = await TestClient.join(host, 'Ada');
    expect(watcher.notes).toEqual([]);
    wire.watch();
    const { handshake, connection } = await watcher.until('open');
    expect(text({ base64: handshake?.request ?? '' })).toMatch(/^GET \/chat HTTP\/1\.1\r\n/);
    expect(text({ base64: handshake?.response ?? '' })).toMatch(/^HTTP\/1\.1 101 /);
    await client.enter('lobby');
    const joined = await watcher.until('bytes', (note) => text(note).includes('"type":"joined"'));
    expect(joined).toMatchObject({ connection, from: 'server' });
    client.socket.close();
    await watcher.until('closed');
  });

  test('a new connection is told from its request on', async () => {
    const { host, watcher, wire } = await watchedChat();
    wire.watch();
    await TestClient.join(host, 'Ada');
    expect((await watcher.until('open')).handshake).toBeUndefined();
    await watcher.until('bytes', (note) => note.from === 'client' && text(note).startsWith('GET /chat'));
    await watcher.until('bytes', (note) => note.from === 'server' && text(note).startsWith('HTTP/1.1 101'));
  });

  test('a parent that is slow costs bytes, counted, and never memory', async () => {
    const { host, watcher, wire } = await watchedChat();
    const client = await TestClient.join(host, 'Ada');
    await client.enter('lobby');
    wire.watch();
    await watcher.until('open');
    watcher.prompt = false;
    client.send({ type: 'ping' });
    await client.next('pong');
    await watcher.until('bytes', ({ from }) => from === 'client');
    const held = watcher.notes.length;

    // Each is too long for the chat, which answers with an error and goes on.
    const long = { type: 'chat', id: 'x', room: 'lobby', content: 'x'.repeat(100_000) } as const;
    for (let count = 0; count < 4; count++) client.send(long);
    for (let count = 0; count < 4; count++) await client.next('error');
    expect(watcher.notes).toHaveLength(held);

    watcher.prompt = true;
    watcher.done();
    const lost = await watcher.until('lost', ({ from }) => from === 'client');
    const kept = watcher.notes
      .slice(held)
      .reduce(
        (sum, note) => sum + (note.type === 'bytes' && note.from === 'client' ? text(note).length : 0),
        0,
      );
    const frame = 14 + JSON.stringify(long).length;
    expect(kept).toBeLessThanOrEqual(256 * 1024);
    expect(kept + lost.length).toBe(4 * frame);
  });
});

test.each([
  ['127.0.0.1', true],
  ['127.8.9.1', true],
  ['::1', true],
  ['localhost', true],
  ['0.0.0.0', false],
  ['::', false],
  ['192.168.1.4', false],
  ['chat.example', false],
])('%s is an address of this machine alone: %s', (host, expected) => {
  expect(isLoopback(host)).toBe(expected);
});
