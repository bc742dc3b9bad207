import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { type ConnectionStats, createLogger } from '#labs/19-monitoring';
import { History } from '../../workbook/chat/web/status/history.ts';
import {
  closeMeanings,
  increase,
  type Measure,
  measures,
  quantile,
  type Reading,
  rate,
} from '../../workbook/chat/web/status/measures.ts';
import { Scrape } from '../../workbook/chat/web/status/scrape.ts';
import { curveOf } from '../../workbook/chat/web/status/sparkline.ts';
import { workbookRoot } from '../../workbook/course.ts';
import { recordScene } from '../captures/monitoring/scene.ts';
import { getTicket, post, signIn, startChat, TestClient } from './chat-support.ts';

/** A reading at a time in seconds. */
function reading(seconds: number, ...lines: string[]): Reading {
  return { scrape: new Scrape(lines.join('\n')), at: seconds * 1000 };
}

test('a scrape is read line by line: names, labels, values', () => {
  const scrape = new Scrape(
    [
      '# HELP closes_total Connections that ended.',
      '# TYPE closes_total counter',
      'closes_total{code="1000"} 3',
      'closes_total{code="other",why="a \\"b\\" \\\\ c\\nd, e=\\"f\\""} 4',
      '',
      'lag_bucket{le="+Inf"} 5 1700000000000',
      'nothing NaN',
      'least -Inf',
      'small 1.5e-7',
    ].join('\n'),
  );
  expect(scrape.samples).toEqual([
    { name: 'closes_total', labels: { code: '1000' }, value: 3 },
    { name: 'closes_total', labels: { code: 'other', why: 'a "b" \\ c\nd, e="f"' }, value: 4 },
    { name: 'lag_bucket', labels: { le: '+Inf' }, value: 5 },
    { name: 'nothing', labels: {}, value: Number.NaN },
    { name: 'least', labels: {}, value: Number.NEGATIVE_INFINITY },
    { name: 'small', labels: {}, value: 1.5e-7 },
  ]);
  expect(scrape.sum('closes_total')).toBe(7);
  expect(scrape.sum('closes_total', { code: 'other' })).toBe(4);
  expect(scrape.sum('closes')).toBeUndefined();
  expect([...scrape.by('closes_total', 'code')]).toEqual([
    ['1000', 3],
    ['other', 4],
  ]);
  expect(() => new Scrape('<!doctype html>')).toThrow('<!doctype html>');
});

test('a rate is a rise by the time it took; a counter that fell began anew', () => {
  const [before, now, restarted] = [reading(10, 'n 100'), reading(14, 'n 120'), reading(16, 'n 6')];
  expect(rate('n', now, before)).toBe(5);
  expect(rate('n', restarted, now)).toBe(3);
  expect(rate('n', now, undefined)).toBeUndefined();
  expect(rate('other', now, before)).toBeUndefined();
  expect(increase('n', now, before)).toBe(20);
});

test('a quantile is of what was counted between two readings', () => {
  const buckets = (...counts: number[]) =>
    ['0.01', '0.1', '1', '+Inf'].map((le, index) => `lag_bucket{le="${le}"} ${counts[index]}`);
  const before = reading(0, ...buckets(5, 5, 5, 5));
  expect(quantile('lag', 0.5, reading(2, ...buckets(15, 15, 15, 15)), before)).toBeCloseTo(0.005);
  expect(quantile('lag', 0.99, reading(2, ...buckets(5, 105, 105, 105)), before)).toBeCloseTo(0.0991);
  expect(quantile('lag', 0.99, reading(2, ...buckets(5, 5, 5, 15)), before)).toBe(1);
  expect(quantile('lag', 0.99, before, before)).toBeUndefined();
});

test('the history forgets, and has gaps where the server did not answer', () => {
  const history = new History(3);
  const gauge: Measure = { id: '', label: '', read: ({ scrape }) => scrape.sum('n'), format: String };
  const slope: Measure = { ...gauge, read: (now, before) => rate('n', now, before) };
  for (const each of [reading(0, 'n 1'), reading(1, 'n 2'), undefined, reading(3, 'n 9')]) history.add(each);
  expect(history.valuesOf(gauge)).toEqual([2, undefined, 9]);
  expect(history.valuesOf(slope)).toEqual([undefined, undefined, undefined]);
  expect(history.newest?.at).toBe(3_000);
  expect(history.oldest?.at).toBe(1_000);
});

test('a curve ends at the right, stands on 0, and breaks at gaps', () => {
  expect(curveOf([], 5)).toBe('');
  expect(curveOf([0, 0], 5)).toBe('M90.0 31.0h0L120.0 31.0');
  expect(curveOf([1, undefined, 2], 5)).toBe('M60.0 16.0h0M120.0 1.0h0');
});

test('every measure is told by a real server, and every close code has its meaning', async () => {
  const { host } = await startChat('labs');
  const ada = await TestClient.join(host, 'Ada');
  const read = async (): Promise<Reading> => ({
    scrape: new Scrape(await (await fetch(`http://${host}/metrics`)).text()),
    at: performance.now(),
  });
  const before = await read();
  await ada.enter('lobby');
  ada.send({ type: 'chat', id: 'm1', room: 'lobby', content: 'hello' });
  await ada.next('ack');
  await ada.settled();
  // The event loop's lag is told from its first tick on.
  const { now, values } = await vi.waitFor(async () => {
    const now = await read();
    const values = Object.fromEntries(measures.map(({ id, read: tell }) => [id, tell(now, before)]));
    expect(values).toEqual(Object.fromEntries(measures.map(({ id }) => [id, expect.any(Number)])));
    return { now, values };
  });
  expect(values).toMatchObject({ connections: 1, queue: 0 });
  expect(increase('chat_messages_total', now, before)).toBe(1);
  expect(Object.keys(closeMeanings).sort()).toEqual(
    [...now.scrape.by('chat_closes_total', 'code').keys()].sort(),
  );
});

test('the page is three files of the server’s own, under its Content-Security-Policy', async () => {
  const { host } = await startChat('labs');
  const files = ['/status', '/status.css', '/status.js'].map((path) => fetch(`http://${host}${path}`));
  const answers = await Promise.all(files);
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  for (const { headers } of answers)
    expect(headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'");
  const html = await answers[0].text();
  expect(html).not.toMatch(/ (style|on\w+)=|<style|<script(?! type="module" src)/);
});

test('what the chapter shows of a run is what a run gives', async () => {
  const recorded = (name: string) => readFileSync(join(workbookRoot, 'docs/scaling/recorded', name), 'utf8');
  expect(await recordScene()).toEqual({ scrape: recorded('scrape.txt'), log: recorded('closed.txt') });
});

test('the log of a whole life, at debug, has ids and no token, name, room or content', async () => {
  let log = '';
  const write = (line: string) => {
    log += line;
  };
  const { host } = await startChat('labs', { log: createLogger({ level: 'debug', destination: { write } }) });
  const { session, user } = await signIn(host, 'Ada Lovelace');
  const ticket = await getTicket(host, session);
  const ada = new TestClient(host);
  await once(ada.socket, 'open');
  ada.send({ type: 'auth', ticket });
  await ada.next('welcome');
  await ada.enter('a secret room');
  ada.send({ type: 'chat', id: 'm1', room: 'a secret room', content: 'a secret' });
  await ada.next('ack');
  for (const nonsense of ['{"content": a secret', `{"type":"auth","ticket":"${ticket}"}`])
    ada.socket.send(nonsense);
  for (let n = 0; n < 2; n++) await ada.next('error');
  ada.socket.close(1000);
  await vi.waitFor(() => expect(log).toContain('"msg":"closed"'));
  for (const secret of [session, ticket, 'Lovelace', 'secret']) expect(log, secret).not.toContain(secret);
  const lines = log
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const hers = lines.filter(({ connection }) => connection !== undefined);
  expect(hers.map(({ msg }) => msg)).toEqual(['opened', 'identified', 'refused', 'refused', 'closed']);
  expect(new Set(hers.map(({ connection }) => connection)).size, 'ids').toBe(1);
  expect(hers.at(-1)).toMatchObject({ user: user.id, code: 1000, refusals: 2 });
});

describe('the operator’s endpoint', () => {
  const operatorToken = 'An-operator-draws-it-by-openssl-rand';
  const bearer = (value: string) => ({ Authorization: `Bearer ${value}` });
  const connections = (host: string, headers: Record<string, string>) =>
    fetch(`http://${host}/operator/connections`, { headers });

  test('is not there while no token is set', async () => {
    for (const unset of [undefined, '']) {
      const { host } = await startChat('labs', { operatorToken: unset });
      expect((await connections(host, bearer(''))).status).toBe(404);
      expect((await post(`http://${host}/operator/disconnect`, { user: 'u1' }, bearer(''))).status).toBe(404);
    }
  });

  test('is for who has the token, whole and nothing else', async () => {
    const { host } = await startChat('labs', { operatorToken });
    const wrong = [
      '',
      operatorToken.slice(0, -1),
      `${operatorToken}x`,
      operatorToken.toUpperCase(),
      `${operatorToken} x`,
    ];
    for (const headers of [{}, { Authorization: operatorToken }, ...wrong.map(bearer)]) {
      const answer = await connections(host, headers);
      expect(answer.status, JSON.stringify(headers)).toBe(401);
      expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    }
    const url = `http://${host}/operator/connections?token=${operatorToken}`;
    expect((await fetch(url)).status, 'in the URL, where logs would have it').toBe(401);
    expect((await connections(host, { authorization: `bearer ${operatorToken}` })).status).toBe(200);
    expect((await post(`http://${host}/operator/disconnect`, { user: 'u1' })).status).toBe(401);
  });

  test('lists connections: who, from where, since when, how much', async () => {
    const { host } = await startChat('labs', { operatorToken });
    const before = Date.now();
    const ada = await TestClient.join(host, 'Ada');
    await ada.enter('lobby');
    const list = (await (await connections(host, bearer(operatorToken))).json()) as ConnectionStats[];
    expect(list).toEqual([
      {
        id: expect.stringMatching(/^[\da-f]{8}-1$/),
        address: '127.0.0.1',
        user: ada.user,
        openedAt: expect.any(Number),
        receivedMessages: 2,
        receivedBytes: expect.any(Number),
        sentMessages: 2,
        sentBytes: expect.any(Number),
        queueBytes: 0,
        refusals: 0,
      },
    ]);
    expect(list[0].openedAt).toBeGreaterThanOrEqual(before);
  });

  test('sends all of a user’s connections away with 1008, and nobody else', async () => {
    const { host } = await startChat('labs', { operatorToken });
    const { session } = await signIn(host, 'Ada');
    const [first, second, ben] = await Promise.all([
      TestClient.join(host, 'Ada', session),
      TestClient.join(host, 'Ada', session),
      TestClient.join(host, 'Ben'),
    ]);
    const disconnect = async (user: unknown) =>
      await post(`http://${host}/operator/disconnect`, { user }, bearer(operatorToken));
    const answer = await disconnect(first.user.id);
    expect([answer.status, await answer.json()]).toEqual([200, { closed: 2 }]);
    expect(await Promise.all([first.closed, second.closed])).toEqual([1008, 1008]);
    expect(ben.socket.readyState, 'Ben’s connection: 1 is open').toBe(1);
    expect(await (await disconnect('nobody')).json()).toEqual({ closed: 0 });
    for (const bad of [undefined, 7, '', 'x'.repeat(129)]) expect((await disconnect(bad)).status).toBe(400);
  });

  test('a foreign page may not use it, even with the token', async () => {
    const { host } = await startChat('labs', { operatorToken });
    const headers = { ...bearer(operatorToken), Origin: 'https://evil.example' };
    expect((await post(`http://${host}/operator/disconnect`, { user: 'u1' }, headers)).status).toBe(403);
    expect((await connections(host, headers)).headers.has('access-control-allow-origin')).toBe(false);
  });
});
