import { describe, expect, test } from 'vitest';
import type { Frame } from '#labs/03-frames';
import { FrameParser } from '#labs/04-frame-parser';
import { Tap, type TapListener } from '../../workbook/chat/tap.ts';
import { startChat, TestClient } from './chat-support.ts';

/** The frames the server sends, by connection: 0 is the first. */
class SentFrames implements TapListener {
  readonly of: Frame[][] = [];
  readonly #parsers: (FrameParser | undefined)[] = [];

  onBytes({ id }: { id: number }, from: 'client' | 'server', bytes: Buffer): void {
    if (from === 'client') return;
    const parser = this.#parsers[id];
    if (parser) {
      parser.push(Buffer.from(bytes));
      return;
    }
    // The answer to the upgrade is the first write.
    this.of[id] = [];
    this.#parsers[id] = new FrameParser({ role: 'client', allowRsv1: true }, (frame) => {
      this.of[id].push(frame);
    });
  }

  onOpen(): void {}
  onEnd(): void {}
  onClose(): void {}
}

/** Text that compresses well, over the threshold. */
const content = 'This is said to everyone. '.repeat(100);

describe.each(['labs', 'ws'] as const)('the chat with --compression, on --engine %s', (engine) => {
  test('a long message is compressed for those who offered it, and plain for the others', async () => {
    const tap = new Tap();
    const sent = new SentFrames();
    tap.listen(sent);
    const { host } = await startChat(engine, { compression: true, tap });
    const offers = [true, { clientMaxWindowBits: 10 }, false, { serverMaxWindowBits: 9 }];
    const clients: TestClient[] = [];
    for (const perMessageDeflate of offers) {
      const client = await new TestClient(host, { perMessageDeflate }).authenticate(host, 'Ada');
      await client.enter('lobby');
      clients.push(client);
    }
    clients[0].send({ type: 'chat', id: 'a', room: 'lobby', content });
    for (const client of clients) expect(await client.next('chat')).toMatchObject({ content });
    const [standard, limitedClient, none, limitedServer] = sent.of.map((frames) => {
      const { rsv1, payload } = frames.findLast(({ payload: { length } }) => length > 20) as Frame;
      return { rsv1, payload: payload.toString('hex'), isShort: payload.length < content.length / 10 };
    });
    expect(standard).toMatchObject({ rsv1: true, isShort: true });
    expect(limitedClient).toEqual(standard);
    expect(none).toMatchObject({ rsv1: false, isShort: false });
    // One compressed frame serves all but a client that wants a smaller window. `ws` makes one for each.
    if (engine === 'labs') expect(limitedServer).toEqual(none);
    else expect(limitedServer.rsv1).toBe(true);
  });

  test('takes compressed messages, and sends short ones as they are', async () => {
    const tap = new Tap();
    const sent = new SentFrames();
    tap.listen(sent);
    const { host } = await startChat(engine, { compression: true, tap });
    const client = await new TestClient(host, { perMessageDeflate: { threshold: 0 } }).authenticate(
      host,
      'Ada',
    );
    await client.enter('lobby');
    client.send({ type: 'chat', id: 'a', room: 'lobby', content: 'short' });
    expect(await client.next('chat')).toMatchObject({ content: 'short' });
    expect(sent.of[0].every(({ rsv1 }) => !rsv1)).toBe(true);
  });

  test('is off without the flag', async () => {
    const { host } = await startChat(engine);
    const client = await TestClient.join(host, 'Ada');
    expect(client.socket.extensions).toBe('');
  });
});
