/**
 * The chat in bad hands: real processes that are killed, stopped and cut off while 20 people talk. Every test
 * reads what all clients were shown, and judges it by one rule (chaos/judge.ts): each acknowledged message
 * once, in the room's order, or an explicit gap where the server's memory died.
 *
 * About 30 s on two quiet cores. CHAOS_KILLS=50 kills the server as often, in about two minutes.
 */
import { describe, expect, test, vi } from 'vitest';
import { seededRandom } from '../../workbook/seeded-random.ts';
import { makeNetwork, noNetwork } from '../support/cut-network.ts';
import { startBadNetwork } from './chaos/bad-network.ts';
import { type Entry, judge } from './chaos/judge.ts';
import { Crowd, Server } from './chaos/world.ts';

// For a machine that is busy with other tests.
vi.setConfig({ testTimeout: 60_000 });

const kills = Number(process.env.CHAOS_KILLS ?? 6);
const heartbeatMs = 300;
/** How much more memory a process may use after a run than before, in bytes. What it keeps by design fits into it. */
const flatWithin = 8 * 1024 * 1024;

const people = Array.from({ length: 20 }, (_, index) => `person${index + 1}`);
const [some, others] = [people.slice(0, 10), people.slice(10)];

/** The clients of two processes, all in the room, all talking. */
async function gather(port: number): Promise<Crowd> {
  const crowd = new Crowd();
  await Promise.all([some, others].map((names) => crowd.add(`127.0.0.1:${port}`, names)));
  crowd.talk();
  await crowd.untilAcknowledged(20);
  return crowd;
}

/** The end of every test: what was said has arrived, or what is wrong is told. */
async function expectAllWell(crowd: Crowd): Promise<void> {
  await crowd.hush();
  const problems = judge(crowd.log);
  expect.soft(problems.slice(0, 5).join('\n'), `${problems.length} problems, the first of them`).toBe('');
}

function expectFlat(before: number[], after: number[]): void {
  for (const [index, bytes] of after.entries()) expect(bytes - before[index]).toBeLessThan(flatWithin);
}

describe('a server that is killed', () => {
  test(`${kills} times, and starts again each time with no memory`, {
    timeout: 30_000 + kills * 5_000,
  }, async () => {
    const server = new Server(heartbeatMs);
    await server.start();
    const crowd = await gather(server.port);
    const before = await crowd.heaps();
    // Killed in a busy room, in one that is about to fill again, and when nobody is back yet.
    const messagesInBetween = [40, 1, 0, 20, 5, 80];
    for (let count = 0; count < kills; count++) {
      await server.kill();
      await server.start();
      await crowd.untilAcknowledged(messagesInBetween[count % messagesInBetween.length]);
    }
    await crowd.untilAll(people, ['open']);
    await crowd.untilAcknowledged(20);
    await expectAllWell(crowd);
    expect(crowd.gaps).toBeGreaterThanOrEqual(people.length);
    expectFlat(before, await crowd.heaps());
  });
});

// Windows has no signal that stops a process.
describe.skipIf(process.platform === 'win32')('a process that is stopped', () => {
  test('the clients of one, then the server, and nobody misses a message', async () => {
    const server = new Server(heartbeatMs);
    await server.start();
    const crowd = await gather(server.port);
    for (let count = 0; count < 2; count++) {
      const [{ process, names }] = crowd.groups;
      const present = new Set(names);
      process.kill('SIGSTOP');
      await crowd.until('the server has found out', (entry) => {
        if (entry?.type === 'presence' && entry.event === 'left') present.delete(entry.who);
        return present.size === 0;
      });
      await crowd.untilAcknowledged(20);
      process.kill('SIGCONT');
      await crowd.untilAll(people, ['open']);

      server.signal('SIGSTOP');
      await crowd.untilAll(people, ['waiting', 'connecting']);
      server.signal('SIGCONT');
      await crowd.untilAll(people, ['open']);
      await crowd.untilAcknowledged(20);
    }
    await expectAllWell(crowd);
    expect(crowd.gaps).toBe(0);
  });
});

describe('a bad network', () => {
  test('that cuts every connection after 2 s, delays and splits bytes, and repeats messages', async () => {
    const server = new Server(heartbeatMs);
    await server.start();
    const network = await startBadNetwork(server.port, seededRandom(101));
    const crowd = await gather(network.port);
    const before = [await server.heap(), ...(await crowd.heaps())];
    await crowd.until('every connection was cut twice', () => network.mishaps.cuts >= 2 * people.length);
    await expectAllWell(crowd);
    expect(crowd.gaps).toBe(0);
    expect(network.mishaps.repeats).toBeGreaterThan(0);
    expectFlat(before, [await server.heap(), ...(await crowd.heaps())]);
  });
});

describe.skipIf(noNetwork)('a network that is cut', () => {
  test('and mended, twice, with half of the people behind it', async () => {
    const server = new Server(heartbeatMs, '0.0.0.0');
    await server.start();
    const network = makeNetwork();
    const crowd = new Crowd();
    await Promise.all([
      crowd.add(`127.0.0.1:${server.port}`, some),
      crowd.add(`${network.here}:${server.port}`, others, network.there),
    ]);
    crowd.talk();
    for (let count = 0; count < 2; count++) {
      await crowd.untilAcknowledged(20);
      network.cut();
      await crowd.untilAll(others, ['waiting', 'connecting']);
      await crowd.untilAcknowledged(20);
      network.mend();
      await crowd.untilAll(people, ['open']);
    }
    await expectAllWell(crowd);
    expect(crowd.gaps).toBe(0);
  });
});

describe('the judge', () => {
  const joined = (client: string, epoch = 'a', gap = false): Entry => ({
    client,
    type: 'joined',
    epoch,
    since: 0,
    seq: 0,
    gap,
    shown: [],
  });
  const shown = (client: string, seq: number, id = `message ${seq}`, epoch = 'a'): Entry => ({
    client,
    type: 'shown',
    epoch,
    seq,
    id,
  });
  const acknowledged = (client: string, seq: number, id = `message ${seq}`): Entry => ({
    client,
    type: 'acknowledged',
    epoch: 'a',
    seq,
    id,
  });
  const start = [joined('Ada'), joined('Ben'), shown('Ada', 1), shown('Ben', 1)];

  test.each<[string, Entry[], RegExp]>([
    [
      'a message that is missing',
      [shown('Ada', 2), shown('Ada', 3), shown('Ben', 3)],
      /^Ben: message 2 .*missing/,
    ],
    ['one that never came at all', [acknowledged('Ada', 2), shown('Ada', 2)], /Ben never saw it/],
    ['one shown twice', [shown('Ben', 2, 'message 1')], /Ben: message 1 came twice/],
    [
      'one of the past',
      [shown('Ada', 2), shown('Ada', 3), shown('Ben', 3), shown('Ben', 2)],
      /message 2 .* came after/,
    ],
    [
      'one number, two messages',
      [shown('Ada', 2, 'x'), shown('Ben', 2, 'y')],
      /is x to some and y to others/,
    ],
    [
      'one that the room has twice',
      [shown('Ada', 2), shown('Ben', 3, 'message 2')],
      /the room has message 2 twice/,
    ],
    ['a gap without reason', [joined('Ben', 'a', true)], /a gap, though the room lives on/],
    ['no gap where there is reason', [joined('Ada', 'b', true), joined('Ben', 'b')], /no gap is told/],
    [
      'a message refused',
      [{ client: 'Ada', type: 'failed', id: 'x', reason: 'no' }],
      /^Ada: x was refused: no/,
    ],
  ])('finds %s', (_, faulty, problem) => {
    expect(judge(start)).toEqual([]);
    expect(judge([...start, ...faulty]).join('\n')).toMatch(problem);
  });

  test('accepts a message that was sent again to a server without memory, when it is not shown again', () => {
    const again = [
      joined('Ada', 'b', true),
      joined('Ben', 'b', true),
      { ...acknowledged('Ada', 1), epoch: 'b' },
      shown('Ada', 2, 'new', 'b'),
      shown('Ben', 2, 'new', 'b'),
    ];
    expect(judge([...start, ...again])).toEqual([]);
  });
});
