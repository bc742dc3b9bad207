import type * as Y from 'yjs';
import { element } from '../../chat/web/dom.ts';
import { indexOfCaret } from './caret.ts';
import type { Presence } from './protocol.ts';

/** The others who are here, and where they write: known only while there is a connection. */
export class People {
  readonly #list: HTMLElement;
  readonly #text: Y.Text;
  readonly #others = new Map<number, Presence>();

  constructor(list: HTMLElement, text: Y.Text) {
    this.#list = list;
    this.#text = text;
    text.observe(() => this.show());
    this.show();
  }

  set(id: number, presence: Presence): void {
    this.#others.set(id, presence);
    this.show();
  }

  delete(id: number): void {
    this.#others.delete(id);
    this.show();
  }

  clear(): void {
    this.#others.clear();
    this.show();
  }

  /** A caret moves without a word of its owner when text before it changes. */
  show(): void {
    const content = this.#text.toString();
    const items = [...this.#others.values()].map(({ name, caret }) => {
      const index = indexOfCaret(this.#text, caret);
      return element('li', {}, element('bdi', {}, name), element('span', {}, placeOf(content, index)));
    });
    const nobody = element('li', { className: 'muted' }, 'Nobody else.');
    this.#list.replaceChildren(...(items.length > 0 ? items : [nobody]));
  }
}

function placeOf(content: string, index: number | undefined): string {
  if (index === undefined) return 'reads';
  const before = content.slice(0, index).split('\n');
  return `line ${before.length}, column ${(before.at(-1) ?? '').length + 1}`;
}
