import { element } from '../../chat/web/dom.ts';
import { JsonLink } from '../json-link.ts';
import { Grid } from './grid.ts';
import type { ClientMessage, Kept, ServerMessage, State } from './messages.ts';
import { Screen } from './screen.ts';

/** Values older than this look old, in ms. */
const staleMs = 5_000;
/** How long a reader may take to draw, in ms. */
const maxDrawMs = 5_000;

/** One reader of the dashboard. It says that it has drawn a message as late as it is told to. */
export class Panel {
  readonly element: HTMLElement;
  readonly #link: JsonLink;
  readonly #grid: Grid;
  #screen = new Screen();
  #drawMs: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #received = 0;
  /** When, by the clock of this page, what is shown was the source's newest; in ms. */
  #newestAt: number | undefined;

  readonly #status = element('p', { className: 'status', attributes: { role: 'status' } });
  readonly #receivedFigure = element('dd', { className: 'figure' }, '0');
  readonly #ageFigure = element('dd', { className: 'figure' }, '–');
  readonly #keptFigure = element('dd', { className: 'figure' }, '–');
  readonly #queueFigure = element('dd', { className: 'figure' }, '–');

  constructor(id: string, title: string, drawMs: number) {
    this.#drawMs = drawMs;
    this.#grid = new Grid(title);
    this.element = this.#build(id, title);
    this.#link = new JsonLink({
      subprotocol: 'dashboard.v1',
      onOpen: () => {
        this.#screen = new Screen();
      },
      onMessage: (text) => this.#receive(JSON.parse(text) as ServerMessage),
      onState: (sentence, isOpen) => {
        this.#status.textContent = sentence;
        this.#status.dataset.open = String(isOpen);
        clearTimeout(this.#timer);
      },
    });
  }

  get version(): number {
    return this.#screen.version;
  }

  send(message: ClientMessage): void {
    this.#link.send(message);
  }

  /** The age goes on while nothing comes, and what is too old looks so. */
  showAge(): void {
    if (this.#newestAt === undefined) return;
    const ageMs = performance.now() - this.#newestAt;
    const isStale = ageMs > staleMs;
    this.#ageFigure.textContent = `${(ageMs / 1_000).toFixed(1)} s${isStale ? ', stale' : ''}`;
    this.element.classList.toggle('stale', isStale);
  }

  #receive(message: ServerMessage): void {
    if (message.type === 'kept') {
      this.#showKept(message);
      return;
    }
    this.#showKept({ slots: 0, bytes: 0, changes: 0 });
    this.#receivedFigure.textContent = (++this.#received).toLocaleString('en');
    const newestAt = performance.now() - message.ageMs;
    this.#timer = setTimeout(() => this.#draw(message, newestAt), this.#drawMs);
  }

  /** One that does not follow is left out: the version that is shown says so, and a snapshot comes. */
  #draw(state: State, newestAt: number): void {
    if (this.#screen.apply(state)) {
      this.#newestAt = newestAt;
      this.#grid.show(this.#screen.values);
    }
    this.send({ type: 'drawn', version: this.#screen.version });
  }

  #showKept({ slots, bytes, changes }: Omit<Kept, 'type'>): void {
    this.#keptFigure.textContent = `${slots} values, ${bytes.toLocaleString('en')} bytes`;
    this.#queueFigure.textContent = `${changes.toLocaleString('en')} changes`;
  }

  #build(id: string, title: string): HTMLElement {
    const late = element('input', {
      type: 'range',
      id: `${id}-late`,
      min: '0',
      max: String(maxDrawMs),
      step: '250',
      value: String(this.#drawMs),
    });
    const output = element('output', { className: 'figure' });
    const show = () => {
      output.textContent = `${(this.#drawMs / 1_000).toFixed(2)} s`;
    };
    late.oninput = () => {
      this.#drawMs = late.valueAsNumber;
      show();
    };
    show();
    return element(
      'section',
      { className: 'panel', id, attributes: { 'aria-labelledby': `${id}-title` } },
      element('h2', { id: `${id}-title` }, title),
      this.#status,
      element(
        'p',
        { className: 'controls' },
        element('label', { htmlFor: late.id }, 'Draws after'),
        late,
        output,
      ),
      element(
        'dl',
        {},
        ...row('messages received', this.#receivedFigure),
        ...row('age of what is shown', this.#ageFigure),
        ...row('kept for it on the server', this.#keptFigure),
        ...row('a queue would hold', this.#queueFigure),
      ),
      this.#grid.element,
    );
  }
}

function row(name: string, value: HTMLElement): HTMLElement[] {
  return [element('dt', {}, name), value];
}
