import type * as Y from 'yjs';
import { encodeCaret, indexOfCaret } from './caret.ts';
import { editBetween } from './text-edit.ts';

/**
 * A textarea that shows a text of Yjs, and writes what is typed into it. Its own changes have it as their origin,
 * so that it does not show them again.
 */
export class TextArea {
  readonly #element: HTMLTextAreaElement;
  readonly #text: Y.Text;
  /** Where the selection begins and ends, by letters. */
  #selection: Uint8Array[] = [];

  constructor(element: HTMLTextAreaElement, text: Y.Text) {
    this.#element = element;
    this.#text = text;
    element.addEventListener('input', () => this.take());
    text.doc?.on('beforeTransaction', ({ origin }: Y.Transaction) => {
      if (origin !== this) this.#rememberSelection();
    });
    text.observe((_event, { origin }) => {
      if (origin !== this) this.#show();
    });
  }

  /** Writes what the person did into the text, as one change. */
  take(): void {
    const { index, removed, inserted } = editBetween(this.#text.toString(), this.#element.value);
    this.#text.doc?.transact(() => {
      this.#text.delete(index, removed);
      this.#text.insert(index, inserted);
    }, this);
  }

  // #region show
  #rememberSelection(): void {
    const { selectionStart, selectionEnd } = this.#element;
    this.#selection = [selectionStart, selectionEnd].map((index) => encodeCaret(this.#text, index));
  }

  /** Others have written: the caret stays beside its letter, and what is in view stays in view. */
  #show(): void {
    const { scrollTop, selectionDirection } = this.#element;
    this.#element.value = this.#text.toString();
    const [start, end] = this.#selection.map((caret) => indexOfCaret(this.#text, caret) ?? 0);
    this.#element.setSelectionRange(start, end, selectionDirection);
    this.#element.scrollTop = scrollTop;
  }
  // #endregion show
}
