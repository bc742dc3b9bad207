import { element } from '../../chat/web/dom.ts';
import type { Book } from './book.ts';

/** Rows of the best prices on both sides. */
const rows = 5;

/** The best bids and asks of a book, side by side. */
export class Ladder {
  readonly element: HTMLTableElement;
  readonly #cells: HTMLTableCellElement[][];

  constructor(title: string) {
    this.#cells = Array.from({ length: rows }, () =>
      Array.from({ length: 4 }, () => element('td', { className: 'figure' })),
    );
    this.element = element(
      'table',
      { className: 'ladder' },
      element('caption', { className: 'spoken' }, `${title}: the best bids and asks`),
      element(
        'thead',
        {},
        element(
          'tr',
          {},
          ...['quantity', 'bid', 'ask', 'quantity'].map((name) => element('th', { scope: 'col' }, name)),
        ),
      ),
      element('tbody', {}, ...this.#cells.map((cells) => element('tr', {}, ...cells))),
    );
  }

  /** Without a book nothing is shown: an old price must not look like a quiet market. */
  show(book: Book | undefined): void {
    const [bids, asks] = [book?.side('bid') ?? [], book?.side('ask') ?? []];
    for (const [index, [bidQuantity, bid, ask, askQuantity]] of this.#cells.entries()) {
      const [bidPrice, bidCount] = bids[index] ?? [];
      const [askPrice, askCount] = asks[index] ?? [];
      bidQuantity.textContent = written(bidCount);
      bid.textContent = price(bidPrice);
      ask.textContent = price(askPrice);
      askQuantity.textContent = written(askCount);
    }
  }
}

const written = (count: number | undefined) => count?.toLocaleString('en') ?? '–';

/** Ticks are hundredths. The last step to a screen is the only one that divides. */
const price = (ticks: number | undefined) => (ticks === undefined ? '–' : (ticks / 100).toFixed(2));
