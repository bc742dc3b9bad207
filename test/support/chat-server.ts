import { AssertionError } from 'node:assert';
import {
  type ClientMessage,
  parseClientMessage,
  Refusal,
  type ServerMessage,
  type User,
} from '#labs/10-protocol';
import { Hub } from '#labs/11-hub';
import { authorize } from '#labs/15-auth';
import { MemoryBackplane } from '#labs/17-backplane';
import { Monitor } from '#labs/19-monitoring';
import { ChatService, type Participant, RoomGates } from '#labs/20-chat-server';
import type { WebSocketLike } from '#labs/21-chat-client';
import { VirtualClock } from './virtual-clock.ts';

/** All that is under way in memory arrives. */
export const settle = () => new Promise((resolve) => setImmediate(resolve));

const limits = {
  maxContentLength: 4_000,
  maxMessageLength: 32_768,
  maxRoomNameLength: 64,
  maxUserNameLength: 40,
  messagesPerSecond: 50,
  messageBurst: 200,
};

/**
 * The chat's own service, hub and logs, with connections in memory: a check plays the network, and moves the
 * clock.
 */
export class TestServer {
  readonly clock = new VirtualClock();
  /** In ms: what `welcome` says. */
  readonly heartbeatMs = 20_000;
  /** All connections that were ever begun, oldest first. */
  readonly links: Link[] = [];
  readonly WebSocket = socketClassOf(this);
  /** Nobody listens: whoever connects gets 1006. */
  isDown = false;
  /** Which messages to clients get through; the others are lost. */
  lets: (message: ServerMessage) => boolean = () => true;
  readonly #tickets = new Map<string, User>();
  #ticketCount = 0;
  #chat = newService();
  /** Ends with the last message that is being carried out: one at a time, over all connections. */
  #turn: Promise<void> = Promise.resolve();

  /** Good for one connection. */
  issueTicket(user: User): string {
    const ticket = `ticket ${++this.#ticketCount}`;
    this.#tickets.set(ticket, user);
    return ticket;
  }

  /** The connection of the moment. */
  get link(): Link {
    const link = this.links.at(-1);
    if (!link) throw new AssertionError({ message: 'The client has made no WebSocket yet.' });
    return link;
  }

  /** Time goes by, and what is sent meanwhile arrives. */
  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 100) {
      this.clock.advance(Math.min(100, ms - passed));
      await settle();
    }
  }

  /** Its memory is gone, and all connections with it. */
  restart(): void {
    for (const link of this.links) link.cut();
    this.#chat = newService();
  }

  /** Someone else, who is in the lobby and has a connection that never fails. */
  visit(name: string): Visitor {
    const visitor = new Visitor(name, (message) => this.#inTurn((chat) => chat.handle(visitor, message)));
    this.#inTurn((chat) => chat.arrive(visitor));
    visitor.ask({ type: 'join', room: 'lobby' });
    return visitor;
  }

  receive(link: Link, text: string): void {
    this.#inTurn(async (chat) => {
      try {
        const message = parseClientMessage(Buffer.from(text), false);
        const { member } = link;
        if (!member || message.type === 'auth') return await this.#authenticate(link, message);
        authorize(message, { user: member.user, isIn: (room) => chat.isIn(member, room) });
        await chat.handle(member, message);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        link.tell(error.reply);
      }
    });
  }

  async #authenticate(link: Link, message: ClientMessage): Promise<void> {
    const ticket = message.type === 'auth' ? message.ticket : '';
    const user = this.#tickets.get(ticket);
    if (!user) throw new Refusal('unauthenticated', 'This ticket is unknown or used.');
    this.#tickets.delete(ticket);
    link.member = new LinkMember(link, user);
    await this.#chat.arrive(link.member);
    link.tell({ type: 'welcome', user, heartbeatMs: this.heartbeatMs, limits });
  }

  gone({ member }: Link): void {
    if (member) this.#inTurn((chat) => chat.depart(member));
  }

  /** Asked of the server there is now: one that has lost its memory is not asked any more. */
  #inTurn(act: (chat: ChatService) => Promise<void>): void {
    const chat = this.#chat;
    this.#turn = this.#turn.then(() => act(chat));
  }
}

/** A server with nothing in its memory. Its parts start within the turn of the event loop. */
function newService(everyone: Iterable<Participant> = []): ChatService {
  const hub = new Hub({ encode: (message) => Buffer.from(JSON.stringify(message)), tellsPresence: false });
  const monitor = new Monitor();
  monitor.stop();
  const backplane = new MemoryBackplane();
  const chat = new ChatService({ hub, backplane, monitor, everyone });
  void backplane.start(chat);
  return chat;
}

/** The server's end of a link, once it is authenticated. */
class LinkMember implements Participant {
  readonly user: User;
  readonly gates: RoomGates;
  readonly bufferedAmount = 0;
  readonly #link: Link;

  constructor(link: Link, user: User) {
    this.user = user;
    this.#link = link;
    this.gates = new RoomGates((encoded) => link.tell(JSON.parse(encoded.toString()) as ServerMessage));
  }

  send(encoded: Buffer, message: ServerMessage): void {
    this.gates.pass(encoded, message);
  }

  close(code: number, reason: string): void {
    this.#link.closeFromServer(code, reason);
  }

  revoked(): void {}
}

/** Someone who talks to the server without a client. */
export class Visitor implements Participant {
  readonly user: User;
  readonly gates: RoomGates;
  readonly bufferedAmount = 0;
  readonly heard: ServerMessage[] = [];
  readonly ask: (message: Exclude<ClientMessage, { type: 'auth' }>) => void;

  constructor(name: string, ask: Visitor['ask']) {
    this.user = { id: `id of ${name}`, name };
    this.ask = ask;
    this.gates = new RoomGates((encoded) => this.heard.push(JSON.parse(encoded.toString()) as ServerMessage));
  }

  say(...contents: string[]): void {
    for (const content of contents) {
      this.ask({ type: 'chat', id: crypto.randomUUID(), room: 'lobby', content });
    }
  }

  direct(to: User, content: string): void {
    this.ask({ type: 'direct', id: crypto.randomUUID(), to: to.id, content });
  }

  /** What the others said in the lobby, in order. */
  get contents(): string[] {
    return this.heard.flatMap((message) => (message.type === 'chat' ? [message.content] : []));
  }

  send(encoded: Buffer, message: ServerMessage): void {
    this.gates.pass(encoded, message);
  }

  close(): void {}

  revoked(): void {}
}

interface SocketEvent {
  data: unknown;
  code: number;
  reason: string;
}

/** One connection: the client's end is a `WebSocket` as in a page (WHATWG WebSockets), the rest is the check's. */
export class Link implements WebSocketLike {
  readonly url: string;
  readonly protocol: string;
  /** What the client has sent, in order. */
  readonly sent: ClientMessage[] = [];
  /** How the client called `close`, if it did. */
  closedWith: (number | undefined)[] = [];
  /** Once it is authenticated. */
  member: LinkMember | undefined;
  readonly #server: TestServer;
  readonly #listeners: [type: string, listener: (event: SocketEvent) => void][] = [];
  #state: 'connecting' | 'open' | 'closing' | 'closed' = 'connecting';
  #isDead = false;

  constructor(server: TestServer, url: string, protocol: string) {
    this.#server = server;
    this.url = url;
    this.protocol = protocol;
    server.links.push(this);
    const { isDown } = server;
    this.#later(() => (isDown ? this.cut() : this.#open()));
  }

  addEventListener(type: string, listener: (event: SocketEvent) => void): void {
    this.#listeners.push([type, listener]);
  }

  send(text: string): void {
    if (this.#state === 'connecting') throw new DOMException('Still connecting.', 'InvalidStateError');
    if (this.#state !== 'open') return;
    this.sent.push(JSON.parse(text) as ClientMessage);
    this.#later(() => this.#state === 'open' && this.#server.receive(this, text));
  }

  close(code?: number): void {
    if (code !== undefined && code !== 1000 && !(code >= 3000 && code <= 4999)) {
      throw new DOMException(`close(${code}) is not for a page.`, 'InvalidAccessError');
    }
    this.closedWith.push(code);
    if (this.#state !== 'connecting' && this.#state !== 'open') return;
    this.#state = 'closing';
    this.#later(() => this.#end(code ?? 1005, ''));
  }

  /** The types of what the client has sent. */
  get sentTypes(): string[] {
    return this.sent.map(({ type }) => type);
  }

  /** The server says something: by its service, or by the check. */
  tell(message: ServerMessage): void {
    if (this.#server.lets(message)) this.push(JSON.stringify(message));
  }

  /** Whatever may come in a WebSocket message. */
  push(data: unknown): void {
    this.#later(() => this.#state === 'open' && this.#emit('message', { data }));
  }

  /** As `push`, on a connection that the client may have let go of long ago. */
  pushLate(message: ServerMessage): void {
    this.#emit('message', { data: JSON.stringify(message) });
  }

  closeFromServer(code: number, reason = ''): void {
    this.#later(() => this.#end(code, reason));
  }

  /** TCP breaks. */
  cut(): void {
    if (this.#state === 'closed') return;
    if (this.#state === 'connecting') this.#emit('error');
    this.#end(1006, '');
  }

  /** The network goes, and nobody is told: what is sent from now on, either way, is lost. */
  die(): void {
    this.#isDead = true;
  }

  /** The late end of a connection that has died. */
  endLate(code: number): void {
    this.#emit('close', { code });
  }

  #open(): void {
    if (this.#state !== 'connecting') return;
    this.#state = 'open';
    this.#emit('open');
  }

  #end(code: number, reason: string): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#server.gone(this);
    this.#emit('close', { code, reason });
  }

  /** Events come in order, and never before the call that caused them returns. */
  #later(happen: () => void): void {
    queueMicrotask(() => {
      if (!this.#isDead) happen();
    });
  }

  #emit(type: string, event: Partial<SocketEvent> = {}): void {
    for (const [wanted, listener] of [...this.#listeners]) {
      if (wanted === type) listener({ data: undefined, code: 1006, reason: '', ...event });
    }
  }
}

function socketClassOf(server: TestServer): new (url: string, protocol: string) => WebSocketLike {
  return class extends Link {
    constructor(url: string, protocol: string) {
      super(server, url, protocol);
    }
  };
}
