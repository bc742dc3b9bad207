import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

/** Chromium with a fresh profile, in which every name in `.example` ends at 127.0.0.1 and this port. */
export async function startBrowser(port: number): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      // The pages here have names of the public Internet and open sockets to 127.0.0.1, for which Chromium
      // would ask the user.
      '--disable-features=LocalNetworkAccessChecks,LocalNetworkAccessChecksWebSockets',
      `--host-resolver-rules=MAP *.example 127.0.0.1:${port},MAP *.invalid ~NOTFOUND`,
    ],
  });
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

/** What a script saw of one WebSocket, event by event, until it closed. */
export interface SeenByPage {
  events: string[];
  /** What the browser told the developer, and no script can read. */
  console: string[];
}

/** Opens a WebSocket in the page; `close` calls `close()` on `open`. */
export async function useWebSocket(
  page: Page,
  url: string,
  { protocols = [], close = false }: { protocols?: string[]; close?: boolean } = {},
): Promise<SeenByPage> {
  const console: string[] = [];
  page.on('console', (message) => console.push(message.text()));
  const events = await page.evaluate(
    ([url, protocols, close]) =>
      new Promise<string[]>((resolve) => {
        const events: string[] = [];
        const socket = new WebSocket(url, protocols);
        socket.onopen = () => {
          events.push(`open protocol=${JSON.stringify(socket.protocol)}`);
          if (close) socket.close();
        };
        socket.onmessage = ({ data }) => events.push(`message ${JSON.stringify(data)}`);
        // The whole event: it has no code, no status, no text.
        socket.onerror = (event) =>
          events.push(`${event.type}${'message' in event ? ` ${event.message}` : ''}`);
        socket.onclose = ({ code, reason, wasClean }) => {
          events.push(`close code=${code} reason=${JSON.stringify(reason)} wasClean=${wasClean}`);
          resolve(events);
        };
      }),
    [url, protocols, close] as const,
  );
  return { events, console };
}
