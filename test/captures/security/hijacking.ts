import type { BrowserContext } from 'playwright-core';
import { startChatServer } from '#labs/20-chat-server';
import { makeCertificate } from '../../../workbook/chat/certificate.ts';
import { loadEngine } from '../../../workbook/chat/engine.ts';
import { startProfile } from '../../support/browser.ts';
import { hijack, openForeignPage, startForeignSite } from '../../support/foreign-site.ts';
import { noSession, startNaiveChat } from '../../support/naive-chat.ts';
import { type Exchange, startTap } from '../handshake/tap.ts';
import { framesOf, headOf, save } from './print.ts';

const say = 'Send my savings to Eve.';
/** Of a browser's request, what plays no part here. */
const noise = [
  'Pragma',
  'Cache-Control',
  'User-Agent',
  'Accept-Encoding',
  'Accept-Language',
  'Sec-WebSocket-Extensions',
];

/** The same attack on a server that believes cookies and on the chat, and which cookies ride along from where. */
export async function recordHijacking(): Promise<void> {
  const [site, tap] = await Promise.all([startForeignSite(), startTap()]);
  const { context, close } = await startProfile({ profile: { cookie_controls_mode: 0 } }, [
    '--disable-features=LocalNetworkAccessChecks,LocalNetworkAccessChecksWebSockets',
    `--host-resolver-rules=MAP bank.example 127.0.0.1:${tap.port},MAP *.example 127.0.0.1:${site.port}`,
  ]);
  const handshake = (): Exchange => {
    const found = tap.exchanges.findLast(({ sent }) => /^Upgrade: websocket\r$/im.test(`${sent}`));
    if (!found) throw new Error('No handshake has come.');
    return found;
  };

  const naive = await startNaiveChat('SameSite=Strict');
  tap.target = naive.port;
  await visit(context, 'http://bank.example/signin?Ada');
  const eve = await openForeignPage(context, 'http://shop.bank.example/');
  await hijack(eve, 'ws://bank.example/', [], say);
  const { sent, received } = handshake();
  save('hijacked.http', `${headOf(sent, ...noise)}\n${headOf(received)}`);
  const crossing = (way: string, bytes: Buffer) => framesOf(bytes).map((line) => `Eve's page ${way} ${line}`);
  save('hijacked.txt', `${[...crossing('→', sent), ...crossing('←', received)].join('\n')}\n`);
  naive.close();

  const chat = await startChatServer(0, '127.0.0.1', {
    engine: await loadEngine('labs'),
    page: new Map([['/', { type: 'text/html', body: Buffer.from('chat') }]]),
  });
  tap.target = chat.address.port;
  await hijack(eve, 'ws://bank.example/chat', ['chat.v1'], say);
  save('refused.http', `${headOf(handshake().sent, ...noise)}\n${handshake().received}`.replaceAll('\r', ''));
  await chat.close();

  const tls = await makeCertificate();
  const rows: string[][] = [
    ['page', '`Strict`', '`Lax`', '`None`'],
    ['---', '---', '---', '---'],
  ];
  const from: Record<string, string> = {
    'the site itself': 'https://bank.example/',
    'another port': 'https://bank.example:8443/',
    'a subdomain': 'https://shop.bank.example/',
    'the same name over http': 'http://bank.example/',
    'another site': 'https://evil.example/',
    'a sandboxed frame in another site': 'https://evil.example/sandbox',
  };
  for (const [page, url] of Object.entries(from)) {
    const row = [`${page}, \`${new URL(url).origin}\``];
    for (const sameSite of ['Strict', 'Lax', 'None']) {
      const secure = await startNaiveChat(`SameSite=${sameSite}; Secure`, tls);
      tap.target = secure.port;
      await context.clearCookies();
      await visit(context, 'https://bank.example/signin?Ada');
      const frame = await openStandIn(context, url);
      const loot = await hijack(frame, 'wss://bank.example/', [], say);
      row.push(loot.code === noSession ? 'no' : 'yes');
      secure.close();
    }
    rows.push(row);
  }
  save('cookies.md', rows.map((cells) => `| ${cells.join(' | ')} |\n`).join(''));

  const ended = await visitMixed(context, tap, tls);
  save('mixed-content.md', ended);
  await close();
  tap.close();
  site.close();

  /** A page of this origin, made up by the browser's debugger: no server need stand there. */
  async function openStandIn(context: BrowserContext, url: string) {
    const page = await context.newPage();
    const sandbox = '<iframe sandbox="allow-scripts" srcdoc="sandboxed"></iframe>';
    await page.route(url, (route) =>
      route.fulfill({
        contentType: 'text/html',
        body: `<title>x</title>${url.endsWith('sandbox') ? sandbox : ''}`,
      }),
    );
    await page.goto(url);
    return page.frames().at(-1) ?? page.mainFrame();
  }

  async function visitMixed(
    context: BrowserContext,
    tap: { port: number; target: number },
    tls: Awaited<ReturnType<typeof makeCertificate>>,
  ): Promise<string> {
    const clear = await startNaiveChat('SameSite=Lax');
    const secure = await startNaiveChat('SameSite=Lax', tls);
    tap.target = clear.port;
    const frame = await openStandIn(context, 'https://bank.example/');
    const rows = ['| from `https://bank.example` to | the script sees |', '| --- | --- |'];
    for (const [shown, url] of [
      ['`ws://bank.example/`', 'ws://bank.example/'],
      ['`ws://127.0.0.1/`, on some port', `ws://127.0.0.1:${clear.port}/`],
      ['`wss://bank.example/`', 'wss://bank.example/'],
    ]) {
      tap.target = url.startsWith('wss') ? secure.port : clear.port;
      const seen = await hijack(frame, url, [], say).then(
        ({ opened }) => (opened ? '`open`' : '`error`, then `close` 1006'),
        (error: Error) =>
          `the constructor throws ${error.message.replace('frame.evaluate: ', '').split('\n')[0]}`,
      );
      rows.push(`| ${shown} | ${seen} |`);
    }
    clear.close();
    secure.close();
    return `${rows.join('\n')}\n`;
  }
}

async function visit(context: BrowserContext, url: string): Promise<void> {
  const page = await context.newPage();
  await page.goto(url);
  await page.close();
}
