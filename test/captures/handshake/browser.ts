import type { Browser, BrowserContext, Page } from 'playwright-core';
import { startBrowser } from '../../support/browser.ts';

/** Chromium in which every name in `.example` ends at 127.0.0.1 and this port. */
export function startBrowserOn(port: number): Promise<Browser> {
  return startBrowser([
    // The pages here have names of the public Internet and open sockets to 127.0.0.1, for which Chromium
    // would ask the user.
    '--disable-features=LocalNetworkAccessChecks,LocalNetworkAccessChecksWebSockets',
    `--host-resolver-rules=MAP *.example 127.0.0.1:${port},MAP *.invalid ~NOTFOUND`,
  ]);
}

/** An empty page that believes it came from `origin`; nothing is asked of the network. */
export async function openPage(context: Browser | BrowserContext, origin: string): Promise<Page> {
  const page = await context.newPage();
  await page.route(`${origin}/`, (route) =>
    route.fulfill({ contentType: 'text/html', body: '<title>page</title>' }),
  );
  await page.goto(`${origin}/`);
  return page;
}

/** What a script saw of one WebSocket until it closed. */
export interface SeenByPage {
  opened: boolean;
  /** Whether `error` fired; the event itself says nothing more. */
  error: boolean;
  close: { code: number; reason: string; wasClean: boolean };
  /** What the browser told the developer, and no script can read. */
  console: string[];
}

/** Opens a WebSocket in the page and watches it until it closes. */
export async function useWebSocket(page: Page, url: string, protocols: string[] = []): Promise<SeenByPage> {
  const console: string[] = [];
  page.on('console', (message) => console.push(message.text()));
  const seen = await page.evaluate(
    ([url, protocols]) =>
      new Promise<Omit<SeenByPage, 'console'>>((resolve) => {
        const seen = { opened: false, error: false };
        const socket = new WebSocket(url, protocols);
        socket.onopen = () => {
          seen.opened = true;
        };
        socket.onerror = () => {
          seen.error = true;
        };
        socket.onclose = ({ code, reason, wasClean }) =>
          resolve({ ...seen, close: { code, reason, wasClean } });
      }),
    [url, protocols] as const,
  );
  return { ...seen, console };
}
