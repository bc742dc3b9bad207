import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { makeCertificate } from '../../workbook/chat/certificate.ts';
import { workbookRoot } from '../../workbook/course.ts';
import { type Exchange, startTap, type Tap } from '../captures/handshake/tap.ts';
import { noBrowser, startBrowser, startProfile } from '../support/browser.ts';
import { hijack, type Loot, openForeignPage, startForeignSite } from '../support/foreign-site.ts';
import { type NaiveChat, noSession, startNaiveChat } from '../support/naive-chat.ts';
import { getTicket, post, signIn, startChat, TestClient } from '../workbook/chat-support.ts';
import { Chat } from './chat-command.ts';

/** A handshake's origin, and the status of its answer. */
const summary = ({ sent, received }: Exchange) =>
  `${/^Origin: (.*)\r$/m.exec(`${sent}`)?.[1]} → ${/^HTTP\/1\.1 (\d+)/.exec(`${received}`)?.[1]}`;

const isHandshake = ({ sent }: Exchange) => /^Upgrade: websocket\r$/im.test(`${sent}`);

describe.skipIf(noBrowser)('a foreign page in the browser of somebody who is signed in', () => {
  let site: Awaited<ReturnType<typeof startForeignSite>>;
  /** In front of the chat or the naive server of a test: it shows what passed on the wire. */
  let tap: Tap;
  let switches: string[];
  let browser: Browser;

  beforeAll(async () => {
    [site, tap] = await Promise.all([startForeignSite(), startTap()]);
    const own = ['chat.example', 'secure.example'].map((name) => `MAP ${name} 127.0.0.1:${tap.port}`);
    switches = [
      // These names stand for hosts of the public Internet and end on this machine, for which Chromium would ask.
      '--disable-features=LocalNetworkAccessChecks,LocalNetworkAccessChecksWebSockets',
      `--host-resolver-rules=${[...own, `MAP *.example 127.0.0.1:${site.port}`].join(',')}`,
    ];
    browser = await startBrowser(switches);
  });
  afterAll(async () => {
    await browser.close();
    tap.close();
    site.close();
  });

  async function newContext(): Promise<BrowserContext> {
    const context = await browser.newContext();
    onTestFinished(() => context.close());
    return context;
  }

  describe('gets nothing from the chat', () => {
    /** Ada is connected to the chat at this address, and has a tab for what follows. */
    async function withAda(
      address: string,
    ): Promise<{ context: BrowserContext; isConnected(): Promise<void> }> {
      const chat = await startChat('labs', { allowedOrigins: ['http://chat.example'] });
      tap.target = chat.port;
      tap.exchanges.length = 0;
      const context = await newContext();
      const page = await context.newPage();
      await page.goto(`http://${address}/`);
      await page.getByLabel('Name').fill('Ada');
      await page.keyboard.press('Enter');
      const isConnected = () => page.getByRole('status').getByText('Connected').waitFor();
      await isConnected();
      return { context, isConnected };
    }

    test('from a subdomain, a lookalike, a stranger, or a sandboxed frame', async () => {
      const { context, isConnected } = await withAda('chat.example');
      for (const url of [
        'http://evil.chat.example/',
        'http://chat.example.evil.example/',
        'http://stranger.example/',
        'http://stranger.example/sandbox',
      ]) {
        const frame = await openForeignPage(context, url);
        const loot = await hijack(frame, 'ws://chat.example/chat', ['chat.v1'], '{"type":"ping"}');
        expect(loot, url).toEqual({ opened: false, code: 1006 });
      }
      expect(tap.exchanges.filter(isHandshake).map(summary)).toEqual([
        'http://chat.example → 101',
        'http://evil.chat.example → 403',
        'http://chat.example.evil.example → 403',
        'http://stranger.example → 403',
        'null → 403',
      ]);
      await isConnected();
    });

    test('from another port of the same host', async () => {
      const { context, isConnected } = await withAda(`127.0.0.1:${tap.port}`);
      const frame = await openForeignPage(context, `http://127.0.0.1:${site.port}/`);
      const loot = await hijack(frame, `ws://127.0.0.1:${tap.port}/chat`, ['chat.v1'], '{"type":"ping"}');
      expect(loot).toEqual({ opened: false, code: 1006 });
      expect(tap.exchanges.filter(isHandshake).map(summary)).toEqual([
        `http://127.0.0.1:${tap.port} → 101`,
        `http://127.0.0.1:${site.port} → 403`,
      ]);
      await isConnected();
    });

    test('over HTTP either: no cookie rides along, no answer can be read, nothing is made', async () => {
      const { context } = await withAda('chat.example');
      expect(await context.cookies()).toEqual([]);
      const frame = await openForeignPage(context, 'http://stranger.example/');
      const seen = await frame.evaluate(async () => {
        const ask = (path: string, init: RequestInit = {}) =>
          fetch(`http://chat.example${path}`, { credentials: 'include', ...init }).then(
            ({ status }) => status,
            () => 'unreadable',
          );
        const seen = [await ask('/'), await ask('/metrics'), await ask('/ticket', { method: 'POST' })];
        // Sent without asking before, as a form would send it; no script can read the answer.
        return [...seen, await ask('/session', { method: 'POST', body: '{"name":"Eve"}', mode: 'no-cors' })];
      });
      expect(seen).toEqual(['unreadable', 'unreadable', 'unreadable', 0]);
      const posts = tap.exchanges.map(({ sent, received }) => [`${sent}`, `${received}`]);
      const fromStranger = posts.filter(([sent]) => /^Origin: http:\/\/stranger\.example\r$/m.test(sent));
      const statuses = fromStranger.flatMap(([, received]) => received.match(/(?<=^HTTP\/1\.1 )\d+/gm) ?? []);
      expect(statuses.filter((status) => status === '403')).toHaveLength(2);
    });
  });

  // The control: the same pages, in the same browser, and a server that believes cookies and looks at nothing else.
  describe('and a server that believes cookies', () => {
    const say = 'I owe you 1,000';

    async function startNaive(...how: Parameters<typeof startNaiveChat>): Promise<NaiveChat> {
      const naive = await startNaiveChat(...how);
      onTestFinished(() => naive.close());
      tap.target = naive.port;
      return naive;
    }

    /** Ada signs in at this address, and a foreign page in her browser tries what it tries above. */
    async function attack(context: BrowserContext, address: string, from: string): Promise<Loot> {
      const page = await context.newPage();
      await page.goto(`${address}/signin?Ada`);
      const frame = await openForeignPage(context, from);
      return await hijack(frame, address.replace('http', 'ws'), [], say);
    }

    test('another port gets all, and SameSite=Strict is no help: a site has no port', async () => {
      const naive = await startNaive('SameSite=Strict');
      const [own, other] = [tap.port, site.port].map((port) => `http://127.0.0.1:${port}`);
      const loot = await attack(await newContext(), own, other);
      expect(loot).toEqual({ opened: true, message: naive.secrets.get('Ada') });
      expect(naive.posts).toEqual([`Ada: ${say}`]);
    });

    test('a sibling subdomain gets all, and SameSite=Strict is no help: it is the same site', async () => {
      const naive = await startNaive('SameSite=Strict');
      const loot = await attack(await newContext(), 'http://chat.example', 'http://evil.chat.example');
      expect(loot).toEqual({ opened: true, message: naive.secrets.get('Ada') });
      expect(naive.posts).toEqual([`Ada: ${say}`]);
    });

    test('a stranger gets nothing where the cookie is SameSite=Lax', async () => {
      const naive = await startNaive('SameSite=Lax');
      const loot = await attack(await newContext(), 'http://chat.example', 'http://stranger.example');
      expect(loot).toEqual({ opened: true, code: noSession });
      expect(naive.posts).toEqual([]);
    });

    test('a stranger, or a sandboxed frame, gets all where it is SameSite=None', async () => {
      // Some builds of Chromium refuse third-party cookies unless they are told to take them.
      const { context, close } = await startProfile({ profile: { cookie_controls_mode: 0 } }, switches);
      onTestFinished(close);
      const naive = await startNaive('SameSite=None; Secure', await makeCertificate());
      for (const from of ['http://stranger.example', 'http://stranger.example/sandbox']) {
        const loot = await attack(context, 'https://secure.example', from);
        expect(loot, from).toEqual({ opened: true, message: naive.secrets.get('Ada') });
      }
      expect(naive.posts).toEqual([`Ada: ${say}`, `Ada: ${say}`]);
    });
  });
});

describe('tickets and sessions', () => {
  test.skipIf(noBrowser)('are in no URL of the page, and in no request but those they are for', async () => {
    const [chat, tap, browser] = await Promise.all([startChat('labs'), startTap(), startBrowser()]);
    onTestFinished(async () => {
      await browser.close();
      tap.close();
    });
    tap.target = chat.port;
    const page = await browser.newPage();
    const urls: string[] = [];
    const secrets: string[] = [];
    page.on('request', (request) => urls.push(request.url()));
    page.on('websocket', (socket) => urls.push(socket.url()));
    page.on('framenavigated', (frame) => urls.push(frame.url()));
    page.on('response', async (response) => {
      if (response.request().method() !== 'POST') return;
      const { session, ticket } = (await response.json()) as { session?: string; ticket?: string };
      secrets.push(...[session, ticket].filter((secret) => secret !== undefined));
    });
    await page.goto(`http://127.0.0.1:${tap.port}/`);
    await page.getByLabel('Name').fill('Ada');
    await page.keyboard.press('Enter');
    await page.getByRole('status').getByText('Connected').waitFor();
    expect(secrets).toHaveLength(2);
    expect(urls.filter((url) => secrets.some((secret) => url.includes(secret)))).toEqual([]);
    expect(urls).toContain(`ws://127.0.0.1:${tap.port}/chat`);
    const heads = tap.exchanges.map(({ sent }) => `${sent}`.replaceAll(/^authorization: Bearer .*$/gim, ''));
    expect(heads.filter((head) => secrets.some((secret) => head.includes(secret)))).toEqual([]);
  });

  test('are in no line of the log, good or bad, nor is what was said', async () => {
    const chat = new Chat(workbookRoot, '--port', '0', '--mine', 'none', '--log', 'debug');
    const host = await chat.host();
    const { session } = await signIn(host, 'Ada Lovelace');
    const bad = 'not-a-ticket-at-all';
    const ticket = await getTicket(host, session);
    await post(`http://${host}/ticket?token=${bad}`, undefined, { Authorization: `Bearer ${bad}` });
    const client = new TestClient(host);
    await new Promise((resolve) => client.socket.once('open', resolve));
    client.send({ type: 'auth', ticket: bad });
    expect(await client.next('error')).toMatchObject({ code: 'unauthenticated' });
    client.send({ type: 'auth', ticket });
    await client.next('welcome');
    client.send({ type: 'join', room: 'lobby' });
    client.send({ type: 'chat', id: 'm1', room: 'lobby', content: 'between you and me' });
    await client.next('ack');
    client.socket.close();
    await chat.says(/"closed"/);
    expect(chat.output).toMatch(/"opened"/);
    for (const secret of [session, ticket, bad, 'between you and me', 'Lovelace', 'Bearer']) {
      expect(chat.output).not.toContain(secret);
    }
  });
});
