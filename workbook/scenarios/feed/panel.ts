import { element } from '../../chat/web/dom.ts';
import { JsonLink } from '../json-link.ts';
import { BookReader } from './book-reader.ts';
import { Inbox } from './inbox.ts';
import { Ladder } from './ladder.ts';
import type { ClientMessage, Product, ServerMessage } from './messages.ts';
import { symbols, type Ticker } from './symbols.ts';

/** Lines of the log that are kept. */
const maxLines = 8;
/** How often the figures that count a second are written, in ms. */
const secondMs = 1_000;

/** One reader of the feed, and what it shows of its books. */
export class Panel {
  readonly element: HTMLElement;
  readonly #link: JsonLink;
  readonly #inbox = new Inbox<ServerMessage>((message) => this.#read(message));
  readonly #readers = new Map<Ticker, BookReader>();
  readonly #ladder: Ladder;
  #symbol: Ticker;
  /** The next update of the symbol shown is to be lost. */
  #loses = false;
  #maxUnread = 0;
  #sent = 0;
  #echoed = 0;
  /** In this second. */
  #messages = 0;
  #bytes = 0;

  readonly #status = element('p', { className: 'status', attributes: { role: 'status' } });
  readonly #messagesFigure = element('dd', { className: 'figure' });
  readonly #bytesFigure = element('dd', { className: 'figure' });
  readonly #lateFigure = element('dd', { className: 'figure' });
  readonly #unreadFigure = element('span', { className: 'figure' });
  readonly #unreadMeter = element('meter', { attributes: { 'aria-label': 'unread' } });
  readonly #position = element('p', { className: 'figure position' });
  readonly #log = element('div', { className: 'log', attributes: { role: 'log' } });

  constructor(product: Product, title: string, about: string, symbol: Ticker) {
    this.#symbol = symbol;
    this.#ladder = new Ladder(title);
    this.element = this.#build(product, title, about);
    this.#link = new JsonLink({
      subprotocol: 'feed.v1',
      onOpen: () => this.#begin(product),
      onMessage: (text) => this.#receive(text),
      onState: (sentence, isOpen) => this.#onState(sentence, isOpen),
    });
    setInterval(() => this.#showSecond(), secondMs);
  }

  get isOpen(): boolean {
    return this.#readers.size > 0;
  }

  /** Asks the source to begin anew: for all readers, so one of them is enough. */
  restartSource(): void {
    this.#send({ type: 'restart' });
  }

  set symbol(symbol: Ticker) {
    this.#symbol = symbol;
  }

  show(): void {
    const reader = this.#readers.get(this.#symbol);
    this.#ladder.show(reader?.book);
    this.#position.textContent = this.#describe(reader);
    const unread = this.#sent - this.#echoed;
    this.#unreadFigure.textContent = `${kilobytes(unread)} of ${kilobytes(this.#maxUnread)}`;
    this.#unreadMeter.value = unread;
    const { waiting, lateness } = this.#inbox;
    this.#lateFigure.textContent =
      waiting === 0 ? 'no' : `${(lateness / 1_000).toFixed(1)} s, ${waiting} messages wait`;
  }

  /** Listens first, then asks for snapshots: what comes before them is held. */
  #begin(product: Product): void {
    this.#send({ type: 'subscribe', product });
    for (const symbol of symbols) {
      this.#readers.set(symbol, new BookReader());
      this.#send({ type: 'snapshot', symbol });
    }
  }

  #receive(text: string): void {
    const message = JSON.parse(text) as ServerMessage;
    this.#messages++;
    this.#bytes += text.length;
    if (message.type === 'mark') this.#sent = message.sent;
    this.#inbox.push(message);
  }

  #read(message: ServerMessage): void {
    if (message.type === 'welcome') {
      this.#maxUnread = this.#unreadMeter.max = message.maxUnread;
      return;
    }
    if (message.type === 'mark') {
      this.#echoed = message.sent;
      this.#send({ type: 'read', sent: message.sent });
      return;
    }
    const { symbol } = message;
    const reader = this.#readers.get(symbol);
    if (!reader) return;
    if (message.type === 'update' && this.#loses && symbol === this.#symbol) {
      this.#loses = false;
      this.#say(`${symbol}: ${range(message.from, message.to)} lost on purpose.`);
      return;
    }
    const { epoch, seq, held, book } = reader;
    const verdict = reader.read(message);
    if (verdict === 'gap') {
      const cause = message.epoch === epoch ? `a gap after ${whole(seq)}` : 'another epoch';
      this.#say(`${symbol}: ${cause}. The book is thrown away, a snapshot asked for.`);
      this.#send({ type: 'snapshot', symbol });
    } else if (message.type === 'snapshot' && !book) {
      this.#say(
        `${symbol}: snapshot ${whole(message.seq)}, ${held} updates held. Now at ${whole(reader.seq)}.`,
      );
    }
  }

  #send(message: ClientMessage): void {
    this.#link.send(message);
  }

  #onState(sentence: string, isOpen: boolean): void {
    this.#status.textContent = sentence;
    this.#status.dataset.open = String(isOpen);
    // A new connection begins anew: with marks, and with books.
    this.#readers.clear();
    this.#inbox.clear();
    this.#sent = this.#echoed = 0;
  }

  #describe(reader: BookReader | undefined): string {
    if (!reader) return `${this.#symbol}: no book.`;
    if (reader.book) return `${this.#symbol} at change ${whole(reader.seq)}.`;
    return `${this.#symbol}: no book. ${reader.held} updates held until the snapshot is here.`;
  }

  #showSecond(): void {
    this.#messagesFigure.textContent = `${this.#messages}/s`;
    this.#bytesFigure.textContent = `${kilobytes(this.#bytes)}/s`;
    this.#messages = this.#bytes = 0;
  }

  #say(line: string): void {
    this.#log.prepend(element('p', {}, line));
    if (this.#log.childElementCount > maxLines) this.#log.lastElementChild?.remove();
  }

  #build(product: Product, title: string, about: string): HTMLElement {
    const slowly = element('input', { type: 'checkbox', id: `${product}-slowly` });
    slowly.onchange = () => {
      this.#inbox.isSlow = slowly.checked;
    };
    const lose = element('button', { type: 'button' }, 'Lose the next update');
    lose.onclick = () => {
      this.#loses = true;
    };
    return element(
      'section',
      { className: 'panel', id: product, attributes: { 'aria-labelledby': `${product}-title` } },
      element('h2', { id: `${product}-title` }, title),
      element('p', { className: 'muted' }, about),
      this.#status,
      element(
        'div',
        { className: 'controls' },
        lose,
        element('label', { htmlFor: slowly.id }, slowly, ' Read slowly'),
      ),
      this.#position,
      this.#ladder.element,
      element(
        'dl',
        {},
        ...row('messages', this.#messagesFigure),
        ...row('bytes', this.#bytesFigure),
        ...row('unread', element('dd', {}, this.#unreadMeter, ' ', this.#unreadFigure)),
        ...row('late', this.#lateFigure),
      ),
      this.#log,
    );
  }
}

function row(name: string, value: HTMLElement): HTMLElement[] {
  return [element('dt', {}, name), value];
}

const whole = (count: number) => count.toLocaleString('en');
const kilobytes = (bytes: number) => `${(bytes / 1_000).toFixed(1)} kB`;

function range(from: number, to: number): string {
  return from === to ? `change ${whole(from)}` : `changes ${whole(from)} to ${whole(to)}`;
}
