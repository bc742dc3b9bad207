import { byId, element } from '../../chat/web/dom.ts';
import { Panel } from './panel.ts';
import { symbols, type Ticker } from './symbols.ts';

/** How often the books are drawn, in ms: a person sees no more. */
const drawMs = matchMedia('(prefers-reduced-motion: reduce)').matches ? 1_000 : 100;

const select = byId('symbol') as HTMLSelectElement;
select.append(...symbols.map((symbol) => element('option', {}, symbol)));

const chosen = () => select.value as Ticker;

const panels = [
  new Panel('full', 'Full', 'Every change. Who falls behind is closed.', chosen()),
  new Panel('conflated', 'Conflated', 'The newest state, ten times a second.', chosen()),
];
byId('panels').append(...panels.map((panel) => panel.element));

select.onchange = () => {
  for (const panel of panels) panel.symbol = chosen();
};
byId('restart').onclick = () => panels.find((panel) => panel.isOpen)?.restartSource();
setInterval(() => {
  for (const panel of panels) panel.show();
}, drawMs);
