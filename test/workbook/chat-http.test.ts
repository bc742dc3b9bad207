import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { MemoryBackplane, MemoryStore } from '#labs/17-backplane';
import { TestBackplane } from '../support/test-backplane.ts';
import { getTicket, post, signIn, startChat, TestClient } from './chat-support.ts';

async function problem(response: Response): Promise<{ status: number; error: string }> {
  expect(response.headers.get('Content-Type')).toBe('application/json; charset=utf-8');
  const { error } = (await response.json()) as { error: string };
  return { status: response.status, error };
}

describe('POST /session', () => {
  test('gives a session and a user with a random id', async () => {
    const { host } = await startChat('ws');
    const [first, second] = [await signIn(host, ' Ada '), await signIn(host, 'Ada')];
    expect(first).toEqual({ session: expect.any(String), user: { id: expect.any(String), name: 'Ada' } });
    expect(first.user.id).not.toBe(second.user.id);
    const [, claims] = first.session.split('.');
    const { exp } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { exp: number };
    const hours = (exp * 1000 - Date.now()) / (60 * 60 * 1000);
    expect(hours).toBeGreaterThan(11.9);
    expect(hours).toBeLessThan(12.01);
  });

  test.each([
    ['no body', 415, undefined, {}],
    ['another type', 415, 'name=Ada', { 'Content-Type': 'application/x-www-form-urlencoded' }],
    ['broken JSON', 400, '{"name":', { 'Content-Type': 'application/json' }],
    ['no object', 400, '"Ada"', { 'Content-Type': 'application/json' }],
    ['no name', 400, '{}', { 'Content-Type': 'application/json' }],
    ['a name that is no string', 400, '{"name":7}', { 'Content-Type': 'application/json' }],
    ['an empty name', 400, '{"name":"  "}', { 'Content-Type': 'application/json' }],
    ['a name with a line break', 400, '{"name":"A\\nB"}', { 'Content-Type': 'application/json' }],
    ['a name of 41 characters', 400, `{"name":"${'x'.repeat(41)}"}`, { 'Content-Type': 'application/json' }],
    ['a body of 5 kB', 413, `{"name":"${'x'.repeat(5_000)}"}`, { 'Content-Type': 'application/json' }],
    ['a body of 2 MB', 413, 'x'.repeat(2_000_000), { 'Content-Type': 'application/json; charset=utf-8' }],
  ])('answers %s with %i, and says why', async (_, status, body, headers) => {
    const { host } = await startChat('ws');
    const response = await fetch(`http://${host}/session`, { method: 'POST', body, headers });
    expect(await problem(response)).toEqual({ status, error: expect.stringMatching(/\w+/) });
    await signIn(host, 'still served');
  });
});

describe('POST /ticket', () => {
  test('gives a ticket for a minute', async () => {
    const { host } = await startChat('ws');
    const { session } = await signIn(host, 'Ada');
    const response = await post(`http://${host}/ticket`, undefined, { Authorization: `Bearer ${session}` });
    expect(await response.json()).toEqual({ ticket: expect.any(String), expiresInMs: 60_000 });
    expect(response.headers.get('Cache-Control')).toBe('no-store');
  });

  test('answers no session, a forged one and an unsigned one with 401', async () => {
    const { host } = await startChat('ws');
    const { session } = await signIn(host, 'Ada');
    const [header, claims, signature] = session.split('.');
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    const other = Buffer.from('{"sub":"someone","name":"Eve"}').toString('base64url');
    for (const Authorization of [
      '',
      'Bearer',
      'Basic YTpi',
      'Bearer nonsense',
      `Bearer ${header}.${other}.${signature}`,
      `Bearer ${none}.${claims}.`,
    ]) {
      const response = await post(`http://${host}/ticket`, undefined, { Authorization });
      expect(response.headers.get('WWW-Authenticate')).toBe('Bearer');
      expect(await problem(response)).toMatchObject({ status: 401 });
    }
  });

  test('answers a bad body with 4xx, whatever the session', async () => {
    const { host } = await startChat('ws');
    const { session } = await signIn(host, 'Ada');
    const send = (body: string, type: string) =>
      fetch(`http://${host}/ticket`, {
        method: 'POST',
        body,
        headers: { Authorization: `Bearer ${session}`, 'Content-Type': type },
      });
    expect(await problem(await send('{', 'application/json'))).toMatchObject({ status: 400 });
    expect(await problem(await send('hello', 'text/plain'))).toMatchObject({ status: 415 });
    expect(await problem(await send('x'.repeat(9_999), 'application/json'))).toMatchObject({ status: 413 });
    expect((await send('{}', 'application/json')).status).toBe(200);
  });

  test('sessions of one AUTH_SECRET are good on another node, those of no secret are not', async () => {
    const [one, two] = [
      await startChat('ws', { secret: 'shared' }),
      await startChat('ws', { secret: 'shared' }),
    ];
    const { session } = await signIn(one.host, 'Ada');
    expect(await getTicket(two.host, session)).toEqual(expect.any(String));
    const own = await startChat('ws');
    const response = await post(`http://${own.host}/ticket`, undefined, {
      Authorization: `Bearer ${session}`,
    });
    expect(response.status).toBe(401);
  });
});

describe('DELETE /session', () => {
  const signOut = (host: string, headers: Record<string, string>) =>
    fetch(`http://${host}/session`, { method: 'DELETE', headers });

  test('ends the session: no ticket of it is good, and none is given any more', async () => {
    const { host } = await startChat('ws');
    const { session } = await signIn(host, 'Ada');
    const Authorization = `Bearer ${session}`;
    const ticket = await getTicket(host, session);
    const client = new TestClient(host);
    await once(client.socket, 'open');
    const response = await signOut(host, { Authorization });
    expect([response.status, await response.text()]).toEqual([204, '']);
    const { status } = await post(`http://${host}/ticket`, undefined, { Authorization });
    expect(status).toBe(401);
    client.send({ type: 'auth', ticket });
    expect(await client.next('error')).toMatchObject({ code: 'unauthenticated' });
    expect((await signOut(host, { Authorization })).status).toBe(204);
  });

  test('that could not be told to the other nodes is told when it is asked for again', async () => {
    const store = new MemoryStore();
    const backplane = new TestBackplane({ store });
    const secret = 'shared';
    const { host } = await startChat('ws', { secret, backplane });
    const other = await startChat('ws', { secret, backplane: new MemoryBackplane({ store }) });
    const { session } = await signIn(host, 'Ada');
    const client = await TestClient.join(other.host, 'Ada', session);
    const headers = { Authorization: `Bearer ${session}` };
    backplane.refuses.add('revoke');
    expect((await signOut(host, headers)).status).toBe(503);
    expect((await post(`http://${host}/ticket`, undefined, headers)).status).toBe(401);
    backplane.refuses.delete('revoke');
    expect((await signOut(host, headers)).status).toBe(204);
    expect(await client.closed).toBe(1008);
  });

  test('without a session is 401, from a foreign page 403', async () => {
    const { host } = await startChat('ws');
    expect(await problem(await signOut(host, {}))).toMatchObject({ status: 401 });
    const { session } = await signIn(host, 'Ada');
    const headers = { Authorization: `Bearer ${session}`, Origin: 'http://evil.example' };
    expect(await problem(await signOut(host, headers))).toMatchObject({ status: 403 });
    await getTicket(host, session);
  });

  test('a store that is away is 503 with Retry-After, and the session is good still', async () => {
    const backplane = new TestBackplane();
    const { host } = await startChat('ws', { backplane });
    const { session } = await signIn(host, 'Ada');
    backplane.isAway = true;
    const response = await signOut(host, { Authorization: `Bearer ${session}` });
    expect(response.headers.get('Retry-After')).toBe('1');
    expect(await problem(response)).toMatchObject({ status: 503 });
    backplane.isAway = false;
    await getTicket(host, session);
  });
});

describe('requests that come too fast', () => {
  test('are 429 with Retry-After and a reason, counted, and nothing else of the server is', async () => {
    const { host } = await startChat('ws', { signInRate: { perSecond: 0.5, burst: 2 } });
    const { session } = await signIn(host, 'Ada');
    const headers = { Authorization: `Bearer ${session}` };
    await getTicket(host, session);
    for (const [method, path, body] of [
      ['POST', '/session', '{"name":"Ada"}'],
      ['POST', '/ticket', undefined],
      ['DELETE', '/session', undefined],
    ] as const) {
      const response = await fetch(`http://${host}${path}`, { method, headers, body });
      expect(response.headers.get('Retry-After'), `${method} ${path}`).toMatch(/^[12]$/);
      expect(await problem(response)).toMatchObject({ status: 429 });
    }
    const metrics = await (await fetch(`http://${host}/metrics`)).text();
    expect(metrics).toContain('chat_handshakes_refused_total{status="429"} 3');
  });
});

describe('the rest', () => {
  test('/healthz says which engine runs, and whose labs', async () => {
    const { host } = await startChat('labs', { labs: { '03': 'yours' } });
    const response = await fetch(`http://${host}/healthz`);
    expect(await response.json()).toEqual({
      status: 'ok',
      engine: 'labs',
      backplane: 'memory',
      labs: { '03': 'yours' },
      page: expect.any(String),
    });
  });

  test('/healthz is 503 while the server sends its clients away, and says why', async () => {
    const drain = { spreadMs: 0, batches: 1, deadlineMs: 10_000 };
    const { host, close } = await startChat('labs', { drain });
    const [client, stuck] = [await TestClient.join(host, 'Ada'), await TestClient.join(host, 'Ben')];
    stuck.socket.pause();
    const closing = close();
    expect(await client.closed).toBe(1012);
    const response = await fetch(`http://${host}/healthz`);
    expect([response.status, await response.json()]).toMatchObject([503, { status: 'draining' }]);
    stuck.socket.resume();
    await closing;
  });

  test('/metrics is in the text format of Prometheus', async () => {
    const { host } = await startChat('ws');
    const text = await (await fetch(`http://${host}/metrics`)).text();
    expect(text).toContain('# TYPE chat_connections gauge\nchat_connections 0\n');
  });

  test('an unknown path is 404, another method 405 with Allow, /chat without an upgrade 426', async () => {
    const { host } = await startChat('ws');
    expect(await problem(await fetch(`http://${host}/../etc/passwd`))).toMatchObject({ status: 404 });
    const put = await fetch(`http://${host}/session`, { method: 'PUT', body: '{}' });
    expect(put.headers.get('Allow')).toBe('POST, DELETE, OPTIONS');
    expect(await problem(put)).toMatchObject({ status: 405 });
    const chat = await fetch(`http://${host}/chat`);
    expect(chat.headers.get('Upgrade')).toBe('websocket');
    expect(chat.status).toBe(426);
  });

  test('the page comes with a policy that forbids inline script, HEAD without its body', async () => {
    const { host } = await startChat('ws');
    const page = await fetch(`http://${host}/?from=a-link`);
    expect(page.headers.get('Content-Security-Policy')).toMatch(/default-src 'none'; script-src 'self';/);
    expect(await page.text()).toMatch(/^<!doctype html>/);
    const head = await fetch(`http://${host}/main.js`, { method: 'HEAD' });
    expect(head.headers.get('Content-Type')).toMatch('text/javascript');
    expect(await head.text()).toBe('');
  });

  test('pages of an allowed origin may post, of the server itself too, others are refused', async () => {
    const { host } = await startChat('ws', { allowedOrigins: ['http://localhost:5173'] });
    const from = (Origin: string) => post(`http://${host}/session`, { name: 'Ada' }, { Origin });
    const allowed = await from('http://localhost:5173');
    expect(allowed.headers.get('Access-Control-Allow-Origin')).toBe('http://localhost:5173');
    expect((await from(`http://${host}`)).status).toBe(200);
    for (const origin of [
      'http://localhost:51733',
      'http://evil.example',
      'null',
      `http://${host}.evil.example`,
    ]) {
      const refused = await from(origin);
      expect(refused.headers.has('Access-Control-Allow-Origin')).toBe(false);
      expect(await problem(refused)).toMatchObject({ status: 403 });
    }
    const preflight = await fetch(`http://${host}/ticket`, {
      method: 'OPTIONS',
      headers: { Origin: 'http://localhost:5173', 'Access-Control-Request-Method': 'POST' },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('Access-Control-Allow-Headers')).toBe('authorization, content-type');
  });
});
