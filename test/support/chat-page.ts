import type { User } from '#labs/10-protocol';
import type { OutboxStore, OutgoingMessage } from '#labs/14-resume';
import { ChatClient, type ChatClientOptions } from '#labs/21-chat-client';
import { settle, type TestServer } from './chat-server.ts';
import { policy } from './reconnect.ts';

/** Keeps an outbox as a tab does: as text, over any number of pages. */
export class TabStore implements OutboxStore {
  #text = '[]';

  load(): OutgoingMessage[] {
    return JSON.parse(this.#text) as OutgoingMessage[];
  }

  save(messages: readonly OutgoingMessage[]): void {
    this.#text = JSON.stringify(messages);
  }
}

export const ada: User = { id: 'id of Ada', name: 'Ada' };

/** A page with a client of Ada's, and what it was told, in words. Half of every wait's limit is drawn. */
export class ChatPage {
  readonly user = ada;
  readonly client: ChatClient;
  readonly server: TestServer;
  readonly #told: { event: string; line: () => string }[] = [];
  /** The contents of our messages, by id. */
  readonly #contents = new Map<string, string>();

  constructor(server: TestServer, options: Partial<ChatClientOptions> = {}) {
    this.server = server;
    this.client = new ChatClient({
      url: 'ws://chat.test/chat',
      getTicket: async () => server.issueTicket(ada),
      WebSocket: server.WebSocket,
      policy,
      clock: server.clock,
      random: () => 0.5,
      ...options,
    });
    const tell = (event: string, line: () => string) => this.#told.push({ event, line });
    const nameOf = (id: string) => this.#contents.get(id) ?? `an unknown id ${id}`;
    this.client.on('state', ({ name }) => tell('state', () => name));
    this.client.on('joined', ({ room, gap, messages }) => {
      tell('joined', () => [`joined ${room}`, ...(gap ? ['a gap'] : [])].join(' with '));
      for (const { content } of messages) tell('joined', () => content);
    });
    this.client.on('chat', ({ content }) => tell('chat', () => content));
    this.client.on('direct', ({ from, content }) => tell('direct', () => `${from.name}: ${content}`));
    this.client.on('presence', ({ user, event }) => tell('presence', () => `${user.name} ${event}`));
    this.client.on('sent', (id) => tell('sent', () => `sent ${nameOf(id)}`));
    this.client.on('failed', (id, reason) => tell('failed', () => `failed ${nameOf(id)}: ${reason}`));
    this.client.on('refused', (reason) => tell('refused', () => reason));
  }

  /** Connected, in the lobby; what was told up to now is forgotten. */
  static async inLobby(server: TestServer, options?: Partial<ChatClientOptions>): Promise<ChatPage> {
    const page = new ChatPage(server, options);
    page.client.join('lobby');
    page.client.tryNow();
    await settle();
    page.takeTold();
    return page;
  }

  get state(): string {
    return this.client.state.name;
  }

  /** The contents of what waits for its acknowledgement. */
  get pending(): string[] {
    return this.client.pending.map(({ content }) => content);
  }

  /** Posts in the lobby; gives the id. */
  say(content: string, id?: string): string {
    const given = this.client.chat('lobby', content, id);
    this.#contents.set(given, content);
    return given;
  }

  directTo({ id }: User, content: string): string {
    const given = this.client.direct(id, content);
    this.#contents.set(given, content);
    return given;
  }

  /** What was told since the last time, of these events or of all, one line each; then it is forgotten. */
  takeTold(...events: string[]): string[] {
    return this.#told
      .splice(0)
      .filter(({ event }) => events.length === 0 || events.includes(event))
      .map(({ line }) => line());
  }

  /** The messages told since the last time, as they stand one below the other, with what the room said of gaps. */
  takeShown(): string[] {
    return this.takeTold('joined', 'chat').filter((line) => line !== 'joined lobby');
  }
}
