import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { encodeFrame, Opcode } from '../../solutions/03-frames.ts';
import { type Side, Tap, type TapListener } from '../../workbook/chat/tap.ts';
import { startChat, TestClient } from './chat-support.ts';

/** Keeps all that a tap tells, the bytes of each side joined. */
class Recording implements TapListener {
  readonly steps: string[] = [];
  readonly #bytes: Record<Side, Buffer[]> = { client: [], server: [] };
  #onStep = () => {};

  bytes(from: Side): Buffer {
    return Buffer.concat(this.#bytes[from]);
  }

  async until(step: string): Promise<void> {
    while (!this.steps.includes(step)) {
      await new Promise<void>((resolve) => {
        this.#onStep = resolve;
      });
    }
  }

  onOpen(): void {
    this.#step('open');
  }

  onBytes(_connection: unknown, from: Side, bytes: Buffer): void {
    this.#bytes[from].push(Buffer.from(bytes));
  }

  onEnd(_connection: unknown, from: Side): void {
    this.#step(`end of ${from}`);
  }

  onClose(): void {
    this.#step('close');
  }

  #step(step: string): void {
    this.steps.push(step);
    this.#onStep();
  }
}

const upgrade = [
  'GET /chat HTTP/1.1',
  'Host: example.com',
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version: 13',
  '\r\n',
].join('\r\n');

describe.each(['labs', 'ws'] as const)('the tap of the chat, on --engine %s', (engine) => {
  test('hears each byte once, from the request on, also what came together with it', async () => {
    const tap = new Tap();
    const heard = new Recording();
    tap.listen(heard);
    const { port } = await startChat(engine, { tap });
    const socket = connect(port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    const received: Buffer[] = [];
    socket.on('data', (chunk) => received.push(chunk));
    const maskingKey = Buffer.from('37fa213d', 'hex');
    const ping = encodeFrame({ opcode: Opcode.Ping, payload: Buffer.from('now'), maskingKey });
    const close = encodeFrame({ opcode: Opcode.Close, payload: Buffer.from([3, 232]), maskingKey });
    const sent = Buffer.concat([Buffer.from(upgrade), ping, close]);
    socket.write(sent);
    await once(socket, 'close');
    await heard.until('close');
    expect(heard.bytes('client')).toEqual(sent);
    expect(heard.bytes('server')).toEqual(Buffer.concat(received));
    expect(heard.steps).toEqual(['open', 'end of server', 'end of client', 'close']);
  });

  test('knows the handshakes of what is open; a listener may come late and go again', async () => {
    const tap = new Tap();
    const { host } = await startChat(engine, { tap });
    const client = await TestClient.join(host, 'Ada');
    const [{ request, response }] = tap.open.values();
    expect(request.toString()).toMatch(/^GET \/chat HTTP\/1\.1\r\n.*\r\n\r\n$/s);
    expect(response?.toString()).toMatch(/^HTTP\/1\.1 101 .*\r\n\r\n$/s);
    const heard = new Recording();
    const stop = tap.listen(heard);
    await client.enter('lobby');
    expect(heard.bytes('server').toString()).toContain('"type":"joined"');
    stop();
    const { length } = heard.bytes('server');
    await client.enter('kitchen');
    expect(heard.bytes('server')).toHaveLength(length);
    expect(heard.steps).toEqual([]);
  });
});
