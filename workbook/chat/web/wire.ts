import { element, spoken } from './dom.ts';

interface Health {
  engine: 'labs' | 'ws';
  labs: Record<string, 'yours' | 'reference'>;
}

/** The footer: whose code carries these messages. */
export async function showWire(footer: HTMLElement): Promise<void> {
  const response = await fetch('/healthz').catch(() => undefined);
  if (!response?.ok) return;
  const { engine, labs } = (await response.json()) as Health;
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
