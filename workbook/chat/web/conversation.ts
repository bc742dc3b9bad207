import type { User } from '#labs/10-protocol';
import { element, spoken } from './dom.ts';

/** A message as it is shown. */
export interface ShownMessage {
  id: string;
  from: User;
  content: string;
  /** In ms since 1970. */
  at: number;
}

/** What a conversation asks of the page around it. */
export interface ConversationHost {
  isMine(user: User): boolean;
  /** A person's way out when a message of theirs was refused. */
  sendAgain(id: string, content: string): void;
}

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });

/** One room, or what two people say to each other: its messages as they stand on the page. */
export class Conversation {
  readonly kind: 'room' | 'direct';
  /** The room's name, or the other user's id. */
  readonly key: string;
  readonly title: string;
  readonly element = element('div', { className: 'log', tabIndex: 0, attributes: { role: 'log' } });
  /** Who is in the room, by id. */
  readonly members = new Map<string, User>();
  unread = 0;
  readonly #list = element('ol');
  readonly #items = new Map<string, HTMLLIElement>();
  readonly #host: ConversationHost;
  #followsEnd = true;

  constructor(kind: 'room' | 'direct', key: string, title: string, host: ConversationHost) {
    this.kind = kind;
    this.key = key;
    this.title = title;
    this.#host = host;
    this.element.setAttribute('aria-label', `Messages: ${title}`);
    this.element.append(this.#list);
    this.element.addEventListener('scroll', () => {
      this.#followsEnd = this.#isAtEnd();
    });
    // A long message that is being typed takes room from the log, and so does a phone's keyboard.
    new ResizeObserver(() => this.#followsEnd && this.scrollToEnd()).observe(this.element);
  }

  get isEmpty(): boolean {
    return this.#items.size === 0;
  }

  /** Shows a message from the server. One of ours that is here already takes its place among the sent ones. */
  show(message: ShownMessage): void {
    const key = this.#key(message);
    this.#items.get(key)?.remove();
    const item = makeItem(message, this.#host.isMine(message.from));
    this.#items.set(key, item);
    this.#insert(item);
  }

  /** Shows a message of ours before the server has it. */
  showPending(message: ShownMessage): void {
    const item = makeItem(message, true);
    this.#items.set(this.#key(message), item);
    setMark(item, 'pending', '…', 'Sending');
    this.#stick(() => this.#list.append(item));
  }

  has(message: { id: string; from: User }): boolean {
    return this.#items.has(this.#key(message));
  }

  markSent(message: ShownMessage): void {
    const item = this.#items.get(this.#key(message));
    if (item) setMark(item, 'sent', '✓', 'Sent');
  }

  markFailed(message: ShownMessage, reason: string): void {
    const item = this.#items.get(this.#key(message));
    if (!item) return;
    setMark(item, 'failed', '!', 'Not sent');
    const again = element('button', { type: 'button' }, 'Send again');
    const discard = element('button', { type: 'button' }, 'Discard');
    const remove = () => {
      this.#items.delete(this.#key(message));
      item.remove();
    };
    again.addEventListener('click', () => {
      remove();
      this.#host.sendAgain(message.id, message.content);
    });
    discard.addEventListener('click', remove);
    const problem = element(
      'p',
      { className: 'problem', attributes: { role: 'alert' } },
      `Not sent: ${reason} `,
      again,
      discard,
    );
    this.#stick(() => item.append(problem));
  }

  /** A line that is no message: who came, who left, what is missing. */
  note(text: string): void {
    this.#insert(element('li', { className: 'note' }, text));
  }

  scrollToEnd(): void {
    this.element.scrollTop = this.element.scrollHeight;
  }

  /** What the server has told goes before what it has not: the order is the server's. */
  #insert(item: HTMLLIElement): void {
    this.#stick(() => this.#list.insertBefore(item, this.#list.querySelector('[data-mark=pending]')));
  }

  /** Ids are unique a user; I am one, under whichever ids I have had. */
  #key({ id, from }: { id: string; from: User }): string {
    return `${this.#host.isMine(from) ? 'me' : from.id} ${id}`;
  }

  // #region stick
  /** Keeps the end in view, unless the reader has scrolled up. */
  #stick(change: () => void): void {
    const atEnd = this.#isAtEnd();
    change();
    if (atEnd) this.scrollToEnd();
  }

  #isAtEnd(): boolean {
    const { scrollTop, clientHeight, scrollHeight } = this.element;
    return scrollHeight - clientHeight - scrollTop < 48;
  }
  // #endregion stick
}

function makeItem({ from, content, at }: ShownMessage, mine: boolean): HTMLLIElement {
  const time = element('time', { dateTime: new Date(at).toISOString() }, clock.format(at));
  const author = mine ? spoken('You: ') : element('span', { className: 'author' }, from.name);
  return element(
    'li',
    { className: mine ? 'message mine' : 'message' },
    author,
    element('p', { className: 'content', dir: 'auto' }, content),
    element('span', { className: 'meta' }, time, element('span', { className: 'mark' })),
  );
}

function setMark(
  item: HTMLLIElement,
  state: 'pending' | 'sent' | 'failed',
  sign: string,
  words: string,
): void {
  item.dataset.mark = state;
  const visible = element('span', { attributes: { 'aria-hidden': 'true' } }, sign);
  item.querySelector('.mark')?.replaceChildren(visible, spoken(words));
}
