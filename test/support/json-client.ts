import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';

/** A reader of a sketch, on `ws`: everything it has received, as JSON. */
export class JsonClient<Sent extends object, Received extends { type: string }> {
  readonly received: Received[] = [];
  /** The close code, once there is one. */
  readonly closed: Promise<number>;
  readonly #socket: WebSocket;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data) => this.received.push(JSON.parse(data.toString())));
    this.closed = new Promise((resolve) => socket.once('close', resolve));
  }

  static async open<Sent extends object, Received extends { type: string }>(
    port: number,
    subprotocol: string,
  ): Promise<JsonClient<Sent, Received>> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/socket`, subprotocol);
    onTestFinished(() => socket.terminate());
    const client = new JsonClient<Sent, Received>(socket);
    await once(socket, 'open');
    return client;
  }

  send(...messages: Sent[]): void {
    for (const message of messages) this.sendRaw(JSON.stringify(message));
  }

  sendRaw(data: string | Buffer): void {
    this.#socket.send(data);
  }

  /** Once the server has handled all that was sent, and all that it had sent is here: a ping and its pong. */
  async settled(): Promise<void> {
    this.#socket.ping();
    await once(this.#socket, 'pong');
  }

  of<T extends Received['type']>(type: T): Extract<Received, { type: T }>[] {
    return this.received.filter(
      (message): message is Extract<Received, { type: T }> => message.type === type,
    );
  }
}
