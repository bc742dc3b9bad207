import { byId, element } from '../dom.ts';
import { History } from './history.ts';
import { closeMeanings, increase, type Measure, measures } from './measures.ts';
import { Scrape } from './scrape.ts';
import { Sparkline } from './sparkline.ts';

/** From one answer to the next question, in ms. */
const pollMs = 2_000;
/** Readings kept: two minutes. */
const length = 60;
/** How long a server may think about an answer, in ms. */
const patienceMs = 5_000;

const history = new History(length);
const tiles = measures.map(makeTile);
byId('tiles').append(...tiles.map(({ item }) => item));
byId('table').append(...tiles.map(({ row }) => row));

interface Tile {
  item: HTMLLIElement;
  row: HTMLTableRowElement;
  show(): void;
}

function makeTile(measure: Measure): Tile {
  const curve = new Sparkline(length);
  const number = element('b', {}, '–');
  const [now, least, most] = [figure(), figure(), figure()];
  return {
    item: element('li', { id: measure.id }, element('span', {}, measure.label), number, curve.element),
    row: element('tr', {}, element('th', { scope: 'row' }, measure.label), now, least, most),
    show() {
      const values = history.valuesOf(measure);
      const known = values.filter((value) => value !== undefined);
      const write = (value: number | undefined) => (value === undefined ? '–' : measure.format(value));
      number.textContent = now.textContent = write(values.at(-1));
      least.textContent = write(known.length > 0 ? Math.min(...known) : undefined);
      most.textContent = write(known.length > 0 ? Math.max(...known) : undefined);
      curve.draw(values);
    },
  };
}

function showCloses(): void {
  const { newest, oldest } = history;
  if (!newest) return;
  const codes = [...newest.scrape.by('chat_closes_total', 'code')].filter(([, count]) => count > 0);
  const rows = codes.map(([code, count]) => {
    const recent = increase('chat_closes_total', newest, oldest, { code }) ?? 0;
    const meaning = closeMeanings[code] ?? '';
    return element(
      'tr',
      {},
      element('th', { scope: 'row' }, code),
      element('td', {}, meaning),
      figure(recent),
      figure(count),
    );
  });
  byId('closes').replaceChildren(...rows);
  byId('no-closes').hidden = rows.length > 0;
}

function figure(value?: number): HTMLTableCellElement {
  return element('td', { className: 'number' }, ...(value === undefined ? [] : [String(value)]));
}

/** Said aloud by screen readers: changed only when there is something new to say. */
function showHealth(state: 'open' | 'waiting' | 'closed', text: string): void {
  const health = byId('health');
  health.dataset.state = state;
  if (health.textContent !== text) health.textContent = text;
}

/** What `/healthz` says, in a sentence. A server that drains answers with 503, and is well. */
async function askHealth(): Promise<void> {
  const answer = await ask('/healthz');
  const { status, backplane = '' } = (await answer.json()) as { status: string; backplane?: string };
  if (status === 'ok') showHealth('open', `Up. Backplane: ${backplane}.`);
  else if (status === 'draining') showHealth('waiting', 'About to stop: it sends its clients away.');
  else showHealth('waiting', `Degraded: the backplane (${backplane}) cannot be reached.`);
}

async function askMetrics(): Promise<void> {
  const answer = await ask('/metrics');
  if (!answer.ok) throw new Error(`/metrics answers ${answer.status}.`);
  history.add({ scrape: new Scrape(await answer.text()), at: performance.now() });
}

function ask(path: string): Promise<Response> {
  return fetch(path, { signal: AbortSignal.timeout(patienceMs) });
}

/** Begun again once it has ended: a slow server is not asked twice at a time. */
async function poll(): Promise<void> {
  try {
    await askMetrics();
    await askHealth();
  } catch {
    if (history.newest) history.add(undefined);
    showHealth('closed', 'The server does not answer.');
  }
  for (const tile of tiles) tile.show();
  showCloses();
  setTimeout(poll, pollMs);
}

poll();
