import { once } from 'node:events';
import { WebSocket } from 'ws';
import { type ClientMessage, type MessageOf, type ServerMessage, subprotocol } from '#labs/10-protocol';
import { getTicket, signIn } from './chat.ts';
import { printMessage } from './print.ts';

/** One connection of a person, who writes down what they send and what they get. */
export class Person {
  readonly socket: WebSocket;
  readonly #name: string;
  readonly #log: string[];
  readonly #received: ServerMessage[] = [];
  #arrived = () => {};

  private constructor(name: string, port: number, log: string[]) {
    this.#name = name;
    this.#log = log;
    this.socket = new WebSocket(`ws://127.0.0.1:${port}/chat`, subprotocol);
    this.socket.on('message', (data) => this.#onMessage(String(data)));
  }

  /** Connects; `welcome` has come. `via` is the port of a relay, `session` that of an earlier connection. */
  static async connect(
    name: string,
    port: number,
    log: string[],
    { via = port, session }: { via?: number; session?: string } = {},
  ): Promise<Person> {
    const person = await Person.anonymous(name, via, log);
    const ticket = await getTicket(port, session ?? (await signIn(port, name)));
    await person.ask({ type: 'auth', ticket }, 'welcome');
    return person;
  }

  /** Connects, and says nothing yet. */
  static async anonymous(name: string, port: number, log: string[]): Promise<Person> {
    const person = new Person(name, port, log);
    await once(person.socket, 'open');
    return person;
  }

  /** A message of the contract, or whatever else a client may send. */
  send(message: ClientMessage | string | Buffer): void {
    const data = typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message);
    const shown = Buffer.isBuffer(data) ? `binary, ${data.length} bytes` : data;
    this.#log.push(printMessage(this.#name, '→', shown));
    this.socket.send(data);
  }

  /** Sends, and waits for an answer of this type. */
  async ask<T extends ServerMessage['type']>(
    message: ClientMessage | string | Buffer,
    answer: T,
  ): Promise<MessageOf<ServerMessage, T>> {
    this.send(message);
    return await this.next(answer);
  }

  /** Waits for a message of this type. */
  async next<T extends ServerMessage['type']>(type: T): Promise<MessageOf<ServerMessage, T>> {
    for (;;) {
      for (let message = this.#received.shift(); message; message = this.#received.shift()) {
        if (message.type === type) return message as MessageOf<ServerMessage, T>;
      }
      await new Promise<void>((resolve) => {
        this.#arrived = resolve;
      });
    }
  }

  #onMessage(text: string): void {
    this.#log.push(printMessage(this.#name, '←', text));
    this.#received.push(JSON.parse(text) as ServerMessage);
    this.#arrived();
  }
}
