import { element } from '../../chat/web/dom.ts';
import { decodeMessage, Kind } from './protocol.ts';

const shownMessages = 6;
/** The first bytes of each. */
const shownBytes = 10;

/** The last messages that were about the document, newest first. Carets would hide them. */
export class WireList {
  readonly #list: HTMLElement;

  constructor(list: HTMLElement) {
    this.#list = list;
  }

  add(direction: 'sent' | 'received', message: Uint8Array): void {
    const { kind } = decodeMessage(message);
    if (kind !== Kind.Have && kind !== Kind.Update) return;
    const name = kind === Kind.Have ? 'state vector' : 'update';
    this.#list.prepend(
      element(
        'li',
        {},
        element('span', {}, `${direction}: ${name}, ${bytes(message.length)}`),
        element('code', {}, hex(message)),
      ),
    );
    while (this.#list.children.length > shownMessages) this.#list.lastElementChild?.remove();
  }
}

/** `1 byte`, `2 bytes`. */
export function bytes(count: number): string {
  return `${count.toLocaleString('en')} ${count === 1 ? 'byte' : 'bytes'}`;
}

function hex(message: Uint8Array): string {
  const first = [...message.subarray(0, shownBytes)].map((byte) => byte.toString(16).padStart(2, '0'));
  return `${first.join(' ')}${message.length > shownBytes ? ' …' : ''}`;
}
