import { element } from '../../chat/web/dom.ts';
import type { Values } from './messages.ts';
import { measures, services } from './names.ts';

/** All values in a table: a service a row, a measure a column. */
export class Grid {
  readonly element: HTMLTableElement;
  readonly #cells = new Map<string, HTMLTableCellElement>();

  constructor(title: string) {
    const heads = measures.map((measure) => element('th', { scope: 'col' }, measure));
    const rows = services.map((service) => {
      const cells = measures.map((measure) => {
        const cell = element('td', { className: 'figure' }, '–');
        this.#cells.set(`${service}/${measure}`, cell);
        return cell;
      });
      return element('tr', {}, element('th', { scope: 'row' }, service), ...cells);
    });
    this.element = element(
      'table',
      { className: 'grid' },
      element('caption', { className: 'spoken' }, `${title}: the values it shows`),
      element('thead', {}, element('tr', {}, element('td'), ...heads)),
      element('tbody', {}, ...rows),
    );
  }

  show(values: Values): void {
    for (const [name, cell] of this.#cells) cell.textContent = values[name].toFixed(1);
  }
}
