import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { OutgoingMessage } from '#labs/14-resume';
import { ChatClient, type ChatClientOptions, type ChatState } from '#labs/21-chat-client';
import { systemClock } from '../../../workbook/clock.ts';
import { backAndForward } from './back-and-forward.ts';
import { getTicket, signIn } from './chat.ts';
import { Line } from './line.ts';
import { printMessage } from './print.ts';
import { withChat } from './protocol.ts';
import { startServer } from './resume.ts';

const room = 'lobby';

/** What docs/chat/client.md shows, by the name of the file. */
export const clientScenes: Record<string, () => Promise<string>> = {
  /** A message whose acknowledgement is lost, and a reload of the page that waits for it. */
  reload: () =>
    withChat(async ({ port }, log) => {
      const session = await signIn(port, 'Ada');
      let onLost = () => {};
      const line = await Line.open(
        () => port,
        ({ from, text, lost }) => {
          log.push(printMessage('Ada', from === 'client' ? '→' : '←', text) + (lost ? '   lost' : ''));
          if (lost && text.includes('"type":"chat"')) onLost();
        },
      );
      const open = (store: Tab) =>
        new Page(log, store, {
          url: `ws://127.0.0.1:${line.port}/chat`,
          getTicket: () => getTicket(port, session),
        });
      const tab = new Tab();
      const page = open(tab);
      await page.until('open', () => page.client.tryNow());
      await page.until('joined', () => page.client.join(room));
      log.length = 0;

      line.loseAnswers();
      const stored = new Promise<void>((resolve) => {
        onLost = resolve;
      });
      page.client.chat(room, 'Yes, buy it', 'm1');
      page.showPending();
      await stored;
      log.push('— she reloads the page');
      page.discard();
      line.cut();

      const next = open(tab);
      next.client.join(room);
      next.showPending();
      await next.until('sent m1', () => next.client.tryNow());
      next.discard();
      next.client.close();
      line.close();
    }),

  /** What is told of the connection while its server is killed and started again. */
  states: async () => {
    const log: string[] = [];
    let server = await startServer();
    const session = await signIn(server.port, 'Ada');
    const line = await Line.open(
      () => server.port,
      () => {},
    );
    const page = new Page(log, new Tab(), {
      url: `ws://127.0.0.1:${line.port}/chat`,
      getTicket: () => getTicket(server.port, session),
    });
    await page.until('open', () => page.client.tryNow());
    await page.until('joined', () => page.client.join(room));
    log.push('— the server is killed');
    await page.until('waiting', () => server.process.kill('SIGKILL'));
    log.push('— Ada presses "Try now"');
    await page.until('waiting', () => page.client.tryNow());
    server = await startServer();
    log.push('— the server is there again, and Ada presses "Try now"');
    await page.until('open', () => page.client.tryNow());
    page.discard();
    page.client.close();
    line.close();
    server.process.kill();
    await once(server.process, 'exit');
    return `${log.join('\n')}\n`;
  },

  'back-and-forward': backAndForward,
};

/** What a browser keeps for a tab over a reload of its page: `sessionStorage`. */
class Tab {
  #text = '[]';

  load(): OutgoingMessage[] {
    return JSON.parse(this.#text) as OutgoingMessage[];
  }

  save(messages: readonly OutgoingMessage[]): void {
    this.#text = JSON.stringify(messages);
  }
}

/** A page with a client, which writes down what it shows. */
class Page {
  readonly client: ChatClient;
  readonly #log: string[];
  readonly #waiting = new Map<string, () => void>();
  #isGone = false;

  constructor(log: string[], tab: Tab, options: Pick<ChatClientOptions, 'url' | 'getTicket'>) {
    this.#log = log;
    this.client = new ChatClient({
      ...options,
      WebSocket,
      outboxStore: tab,
      // The page that was there before a reload runs no timers any more.
      clock: { ...systemClock, setTimeout: (run, ms) => setTimeout(() => this.#isGone || run(), ms) },
    });
    this.client.on('state', (state) => this.#note(inWords(state), state.name));
    this.client.on('joined', ({ gap, messages }) => {
      if (gap) this.#note('shows a gap');
      for (const { content } of messages) this.#note(`shows "${content}"`);
      this.#happens('joined');
    });
    this.client.on('chat', ({ content }) => this.#note(`shows "${content}"`));
    this.client.on('sent', (id) => this.#note(`marks ${id} as sent`, `sent ${id}`));
  }

  showPending(): void {
    for (const { id, content } of this.client.pending) this.#note(`shows ${id} "${content}" as pending`);
  }

  /** As when a page is left: nothing of it is seen any more, and nobody has called `close`. */
  discard(): void {
    this.#isGone = true;
  }

  /** Does something, and waits for what comes of it. */
  async until(event: string, act: () => void): Promise<void> {
    const happened = new Promise<void>((resolve) => this.#waiting.set(event, resolve));
    act();
    await happened;
  }

  #note(text: string, event = text): void {
    if (this.#isGone) return;
    this.#log.push(`Ada   ${text}`);
    this.#happens(event);
  }

  #happens(event: string): void {
    this.#waiting.get(event)?.();
  }
}

function inWords(state: ChatState): string {
  if (state.name !== 'waiting') return state.name;
  return `waiting, the next attempt in ${((state.retryAt - Date.now()) / 1000).toFixed(1)} s`;
}
