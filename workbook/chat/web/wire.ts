import { element, spoken } from './dom.ts';

/** What `/healthz` says. */
export interface Health {
  engine: 'labs' | 'ws';
  labs: Record<string, 'yours' | 'reference'>;
  /** Changes with the web client's own files. */
  page: string;
}

/** Undefined when the server does not answer. */
export async function askHealth(): Promise<Health | undefined> {
  const response = await fetch('/healthz').catch(() => undefined);
  return response?.ok ? ((await response.json()) as Health) : undefined;
}

/** The footer: whose code carries these messages. */
export function showWire(footer: HTMLElement, { engine, labs }: Health): void {
  if (engine === 'ws') {
    footer.replaceChildren(
      element('span', {}, 'These messages travel through the ws package, not the labs.'),
    );
    return;
  }
  const entries = Object.entries(labs).sort();
  const yours = entries.filter(([, whose]) => whose === 'yours').length;
  const summary = yours === 0 ? 'On the reference solutions' : `${yours} of ${entries.length} labs are yours`;
  footer.replaceChildren(
    element('span', {}, summary),
    element(
      'ul',
      { className: 'labs', attributes: { 'aria-label': 'Whose code runs, by lab' } },
      ...entries.map(([number, whose]) =>
        element('li', { className: whose }, whose === 'yours' ? `${number} ✓` : number, spoken(` ${whose}`)),
      ),
    ),
  );
}
