import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { decodeFrame, Opcode } from '#labs/03-frames';

/** A message as it came to the relay; one that is lost goes no further. */
export interface Crossing {
  from: 'client' | 'server';
  text: string;
  lost: boolean;
}

/** One person's network: a TCP relay to a server, which can lose what the server says, and can be cut. */
export class Line {
  readonly #relay: Server;
  readonly #sockets = new Set<Socket>();
  #deaf = false;

  private constructor(relay: Server) {
    this.#relay = relay;
  }

  /** `serverPort` is asked for each connection. `onMessage` hears of every text message. */
  static async open(serverPort: () => number, onMessage: (crossing: Crossing) => void): Promise<Line> {
    const relay = createServer();
    const line = new Line(relay);
    relay.on('connection', (client) => line.#join(client, serverPort(), onMessage));
    relay.listen(0, '127.0.0.1');
    await once(relay, 'listening');
    return line;
  }

  get port(): number {
    return (this.#relay.address() as AddressInfo).port;
  }

  /** From here on nothing of what the server sends arrives, and neither side is told. */
  loseAnswers(): void {
    this.#deaf = true;
  }

  /** Ends TCP on both sides. The next connection is a good one. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#deaf = false;
  }

  close(): void {
    this.cut();
    this.#relay.close();
  }

  #join(client: Socket, port: number, onMessage: (crossing: Crossing) => void): void {
    const server = connect(port, '127.0.0.1');
    for (const [from, source, target] of [
      ['client', client, server],
      ['server', server, client],
    ] as const) {
      const texts = new Texts();
      this.#sockets.add(source);
      source.on('data', (bytes) => {
        const lost = from === 'server' && this.#deaf;
        for (const text of texts.push(bytes)) onMessage({ from, text, lost });
        if (!lost) target.write(bytes);
      });
      source.on('error', () => {});
      source.on('close', () => {
        this.#sockets.delete(source);
        target.destroy();
      });
    }
  }
}

/** The text messages in one direction of a connection, behind its HTTP head. The chat sends each in one frame. */
class Texts {
  #pending = Buffer.alloc(0);
  #headRead = false;

  *push(bytes: Buffer): Iterable<string> {
    this.#pending = Buffer.concat([this.#pending, bytes]);
    if (!this.#headRead) {
      const end = this.#pending.indexOf('\r\n\r\n');
      if (end === -1) return;
      this.#pending = this.#pending.subarray(end + 4);
      this.#headRead = true;
    }
    for (let found = decodeFrame(this.#pending); found; found = decodeFrame(this.#pending)) {
      if (found.frame.opcode === Opcode.Text) yield found.frame.payload.toString();
      this.#pending = this.#pending.subarray(found.bytesRead);
    }
  }
}
