import type { createServer } from 'vitepress';
import type { Workbench } from '../runner/workbench.ts';
import type { FromWorkbook } from './protocol.ts';

/** The site's dev server, as VitePress makes it. */
export type SiteServer = Awaited<ReturnType<typeof createServer>>;

/**
 * Shows the workbench on every open page: what is known so far when a page asks, and then each verdict as it
 * comes, over the dev server's own websocket.
 */
export function attachWorkbench(
  { ws }: SiteServer,
  workbench: Workbench,
  chat: { url: () => string; wire: boolean },
): void {
  const checking = new Set<string>();
  const tell = <Event extends keyof FromWorkbook>(event: Event, data: FromWorkbook[Event]) =>
    ws.send({ type: 'custom', event, data });

  ws.on('workbook:hello', (_data, page) => {
    const state: FromWorkbook['workbook:state'] = {
      verdicts: [...workbench.verdicts.values()],
      checking: [...checking],
      chatUrl: chat.url(),
      wire: chat.wire,
    };
    page.send('workbook:state', state);
  });
  workbench.on('checking', ({ lab }) => {
    checking.add(lab);
    tell('workbook:checking', { lab });
  });
  workbench.on('verdict', ({ verdict }) => {
    checking.delete(verdict.lab);
    tell('workbook:verdict', verdict);
  });
}
