import { expect, test, vi } from 'vitest';
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
import { startChat, TestClient } from './chat-support.ts';

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
