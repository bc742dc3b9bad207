import { expect, vi } from 'vitest';
import { rank } from '#labs/18-balancing';
import {
  expectBalance,
  type Guest,
  homesOf,
  keysNamed,
  nodesNamed,
  Party,
  tally,
} from './support/balancing.ts';
import { check } from './support/check.ts';
import { expectThat } from './support/expect-that.ts';

/** The same items in another order, a different one each turn. */
const shuffled = <Item>(items: readonly Item[], turn: number): Item[] =>
  items
    .map((item, n) => ({ item, at: (n * 7 + turn * 5) % 11 }))
    .sort((a, b) => a.at - b.at || turn)
    .map(({ item }) => item);

check(
  'All nodes come back, each once, and the argument is left as it was',
  {
    rfc: '8584 §3.2',
    hint: [
      'What is left when the first node is refused?',
      'Sort a copy: the answer has every node once, the best first. Of no nodes it is empty.',
    ],
  },
  () => {
    const nodes = Object.freeze(nodesNamed(5));
    const order = rank('ada', nodes);
    expect([...order].sort(), 'The nodes that came back').toEqual([...nodes].sort());
    expect(rank('ada', ['http://a:1']), 'The order of one node').toEqual(['http://a:1']);
    expect(rank('ada', []), 'The order of no nodes').toEqual([]);
    expect(rank('', nodes).length, 'How many nodes the empty key gets').toBe(5);
  },
);

check(
  'The same key gets the same order, at any time and on every machine',
  {
    rfc: '8584 §3.2',
    hint: [
      'Two clients in two countries ask for the same key. What may your answer depend on?',
      'On the key and the nodes, and on nothing else: no Math.random, no counter, no memory of earlier calls.',
    ],
  },
  async () => {
    const nodes = nodesNamed(6);
    const keys = keysNamed(20);
    const orders = keys.map((key) => rank(key, nodes));
    expect(
      [...keys]
        .reverse()
        .map((key) => rank(key, nodes))
        .reverse(),
      'The orders when asked again',
    ).toEqual(orders);
    // A second copy of your file, as another process has one.
    vi.resetModules();
    const other = (await import('#labs/18-balancing')) as { rank: typeof rank };
    expect(
      keys.map((key) => other.rank(key, nodes)),
      'The orders on another machine',
    ).toEqual(orders);
  },
);

check(
  'The order in which the nodes are given does not matter',
  {
    rfc: '8584 §3.2',
    hint: [
      'One client has its nodes from a file, another from DNS. Do they agree?',
      'Each node gets its number from its name and the key, not from its place in the list.',
    ],
  },
  () => {
    const nodes = nodesNamed(7);
    for (const key of ['ada', 'ben', 'cleo', 'lobby']) {
      const order = rank(key, nodes);
      for (let turn = 0; turn < 8; turn++) {
        const given = shuffled(nodes, turn);
        expect(rank(key, given), `The order for ${key}, given ${given.join(', ')}`).toEqual(order);
      }
    }
  },
);

check(
  'Different keys spread evenly over the nodes',
  {
    rfc: '8584 §3.2',
    hint: [
      'Names of nodes differ in one character. What does your hash make of that one?',
      'FNV and sums keep such names close together, and one node gets twice its part. Mix the bits once more at the end.',
    ],
  },
  () => {
    const families = [
      nodesNamed(3),
      nodesNamed(8),
      ['a', 'b', 'c', 'd', 'e'],
      ['ws://localhost:8081', 'ws://localhost:8082'],
    ];
    for (const nodes of families) {
      const homes = homesOf(keysNamed(1_000 * nodes.length), nodes);
      expectBalance(homes, nodes, `Nodes like ${nodes[0]}`);
    }
  },
);

check(
  'Keys of any kind spread evenly: long, short, other scripts',
  {
    rfc: '8584 §3.2',
    hint: [
      'Which part of the key does your hash look at?',
      'At every byte of it. Characters beyond ASCII have more than one: take their UTF-8, or both halves of each code unit.',
    ],
  },
  () => {
    const nodes = nodesNamed(4);
    const kinds: [what: string, key: (n: number) => string][] = [
      ['Numbers', (n) => `${n}`],
      ['Long keys that differ at their end', (n) => `${'https://chat.example/rooms/'.repeat(4)}${n}`],
      ['Long keys that differ at their beginning', (n) => `${n}${'/rooms/of/chat.example'.repeat(4)}`],
      [
        'Names in Greek',
        (n) => [...`${n}`].map((digit) => String.fromCodePoint(0x3b1 + Number(digit))).join(''),
      ],
      ['Emoji', (n) => [...`${n}`].map((digit) => String.fromCodePoint(0x1f600 + Number(digit))).join('')],
    ];
    for (const [what, key] of kinds) {
      const keys = Array.from({ length: 4_000 }, (_, n) => key(n));
      expectBalance(homesOf(keys, nodes), nodes, what);
    }
  },
);

check(
  'A new node takes 1/n of the keys, and moves no other',
  {
    rfc: '8584 §3.1',
    hint: [
      'hash(key) % nodes.length: what happens to it when the length changes?',
      'A number for each pair of key and node. Those of the old nodes stay what they were; the new one is first where its number is the highest.',
    ],
  },
  () => {
    const keys = keysNamed(6_000);
    const before = nodesNamed(4);
    const after = nodesNamed(5);
    const homes = homesOf(keys, before);
    const moved = homesOf(keys, after).flatMap((home, n) => (home === homes[n] ? [] : [home]));
    const share = moved.length / keys.length;
    expectThat(
      share > 0.17 && share < 0.23,
      `${(share * 100).toFixed(1)} % of the keys moved when a fifth node came; 20 % are its part.`,
    );
    expect([...new Set(moved)], 'Where keys moved to').toEqual([after[4]]);
  },
);

check(
  'A node that goes moves its own keys only, and spreads them over all others',
  {
    rfc: '8584 §3.1',
    hint: [
      'A node fails with a tenth of all clients. Where should they go?',
      'To the second of each one’s own order. It differs from key to key if each pair of key and node has its own number.',
    ],
  },
  () => {
    const keys = keysNamed(12_000);
    const nodes = nodesNamed(4);
    const [gone] = nodes;
    const rest = nodes.slice(1);
    const homes = homesOf(keys, nodes);
    const after = homesOf(keys, rest);
    const strays = keys.filter((_, n) => homes[n] !== gone && homes[n] !== after[n]);
    expect(strays.slice(0, 3), 'Keys that moved though their node is still there').toEqual([]);
    const heirs = after.filter((_, n) => homes[n] === gone);
    expectBalance(heirs, rest, `What ${gone} had, after it went`);
  },
);

check(
  'Without its first node, a key keeps the rest of its order',
  {
    rfc: '8584 §3.1',
    hint: [
      'A client is refused by its first node and goes to the second. A client that never knew of the first: where does it go?',
      'The order of two nodes must not depend on which others there are.',
    ],
  },
  () => {
    const nodes = nodesNamed(6);
    for (const key of keysNamed(200)) {
      const order = rank(key, nodes);
      for (const gone of nodes) {
        const rest = nodes.filter((node) => node !== gone);
        expect(rank(key, rest), `The order for ${key} without ${gone}`).toEqual(
          order.filter((node) => node !== gone),
        );
      }
    }
  },
);

check(
  'It runs in a page: nothing of Node is needed',
  {
    rfc: 'WHATWG HTML',
    hint: [
      'What is in a page: node:crypto? Buffer? TextEncoder?',
      'TextEncoder and Math.imul are everywhere. A hash of ten lines will do: nobody attacks it.',
    ],
  },
  async () => {
    const nodes = nodesNamed(3);
    const orders = keysNamed(10).map((key) => rank(key, nodes));
    let inPageOrders: string[][] = [];
    vi.resetModules();
    const nodeOnly = ['crypto', 'node:crypto', 'buffer', 'node:buffer'];
    for (const name of nodeOnly) {
      vi.doMock(name, () => ({
        get default(): never {
          throw new Error(`A page has no module "${name}".`);
        },
      }));
    }
    const { Buffer, process } = globalThis;
    try {
      const inPage = (await import('#labs/18-balancing')) as { rank: typeof rank };
      Object.assign(globalThis, { Buffer: undefined, process: undefined });
      inPageOrders = keysNamed(10).map((key) => inPage.rank(key, nodes));
    } finally {
      Object.assign(globalThis, { Buffer, process });
      for (const name of nodeOnly) vi.doUnmock(name);
    }
    expect(inPageOrders, 'The orders in a page').toEqual(orders);
  },
);

/** How many clients come back in each tenth of the spread. */
function tenths(guests: readonly Guest[], spreadMs: number): number[] {
  const counts = tally(guests.map(({ backAt }) => Math.floor((10 * backAt) / spreadMs)));
  return Array.from({ length: 10 }, (_, n) => counts.get(n) ?? 0);
}

check(
  'Each connection is told drain once, and then closed with 1012',
  {
    rfc: '6455 §11.7',
    hint: [
      'Which close code says: this service restarts?',
      'tell first, close after it, with 1012: after the Close frame no message can follow (§5.5.1).',
    ],
  },
  async () => {
    const party = new Party(40).start();
    await party.end();
    for (const guest of party.everyone) {
      expect(guest.deeds, 'What was done to a connection').toEqual(['tell', 'close']);
      expect(guest.closedWith?.[0], 'The close code').toBe(1012);
      const reason = guest.closedWith?.[1] ?? '';
      expectThat(
        Buffer.byteLength(reason) <= 123,
        `A reason has at most 123 bytes (§5.5); this has ${Buffer.byteLength(reason)}.`,
      );
    }
  },
);

check(
  'They are sent away in batches of one size, one after the other, the first at once',
  {
    rfc: '6455 §7.2.3',
    hint: [
      '10,000 closes in one turn of the event loop: what do those who stay notice?',
      'Batch n begins n × spreadMs / batches after the start and takes a like part of all.',
    ],
  },
  async () => {
    const party = new Party(100).start();
    await party.pass(0);
    expect(party.guests.size, 'Connections that are left when drain has been called').toBe(90);
    const left: number[] = [];
    for (let batch = 1; batch < 10; batch++) {
      await party.pass(990);
      left.push(party.guests.size);
      await party.pass(10);
    }
    expect(left, 'Connections just before each second').toEqual([90, 80, 70, 60, 50, 40, 30, 20, 10]);
    expect(party.guests.size, 'Connections after 9 s').toBe(0);
  },
);

check(
  'When the number does not divide, batches differ by one at most, and nobody is left out',
  {
    rfc: '6455 §7.2.3',
    hint: [
      '23 connections in ten batches: how many are left for the last one?',
      'Batch n is the slice from n × count / batches to (n + 1) × count / batches, both rounded alike.',
    ],
  },
  async () => {
    const party = new Party(23).start();
    await party.end();
    const sizes = [
      ...tally(party.everyone.map(({ closedAt = Number.NaN }) => Math.floor(closedAt / 1_000))).values(),
    ];
    expectThat(
      sizes.length === 10 && sizes.every((size) => size === 2 || size === 3),
      `23 connections in ten batches were closed in groups of ${sizes.join(', ')}.`,
    );
  },
);

check(
  'Clients come back evenly over the spread',
  {
    rfc: '6455 §7.2.3',
    hint: [
      'All of one batch are closed in the same moment. When do they knock at the next node?',
      'reconnectInMs is random, for each client its own, from 0 to the time until the next batch.',
    ],
  },
  async () => {
    const party = new Party(4_000).start();
    await party.end();
    const counts = tenths(party.everyone, 10_000);
    expectThat(
      counts.every((count) => count > 300 && count < 500),
      `4,000 clients were told to come back, in each tenth of the spread: ${counts.join(', ')}. About 400 is even.`,
    );
    const moments = new Set(party.everyone.map(({ backAt }) => Math.floor(backAt / 10)));
    expectThat(
      moments.size > 800,
      `They come back at only ${moments.size} moments of the 1,000 that the spread has.`,
    );
  },
);

check(
  'Nobody is told to stay away for longer than a batch takes',
  {
    rfc: '6455 §7.2.3',
    hint: [
      'The batches spread the clients already. How much more must each wait?',
      'At most spreadMs / batches: the next batch comes back after it. A wait over the whole spread keeps people away for nothing.',
    ],
  },
  async () => {
    const party = new Party(500).start({ spreadMs: 20_000, batches: 40, deadlineMs: 30_000 });
    await party.end();
    const longest = Math.max(...party.everyone.map(({ reconnectInMs }) => reconnectInMs));
    const shortest = Math.min(...party.everyone.map(({ reconnectInMs }) => reconnectInMs));
    expectThat(
      shortest >= 0 && longest <= 500,
      `With a batch each 500 ms, clients were told to wait from ${shortest} to ${longest} ms.`,
    );
  },
);

check(
  'It ends as soon as the last one is gone',
  {
    rfc: '6455 §7.1.1',
    hint: [
      'Everyone has left after 9 s, and the deadline is at 15. How long does the restart wait?',
      'A set does not tell when it is empty: look again after a short while.',
    ],
  },
  async () => {
    const slow = new Party(20, { answersInMs: 2_500 }).start();
    expect(await slow.end(), 'How they left').toEqual({ polite: 20, cut: 0 });
    expectThat(
      slow.endedAt >= 11_500 && slow.endedAt <= 12_600,
      `The last connection was closed after 11,500 ms; drain ended after ${slow.endedAt} ms.`,
    );
    expect(slow.clock.timerCount, 'Timers that are left').toBe(0);
  },
);

check(
  'Whoever is left at the deadline is cut, and nobody before it',
  {
    rfc: '6455 §7.1.7',
    hint: [
      'A client that never answers your Close frame: how long does it hold up the restart?',
      'terminate all that are left in the set at deadlineMs, counted from the start.',
    ],
  },
  async () => {
    const party = new Party(6);
    const deaf = [party.invite({}), party.invite({}), party.invite({})];
    party.start({ deadlineMs: 12_000 });
    expect(await party.end(), 'How they left').toEqual({ polite: 6, cut: 3 });
    const cuts = deaf.map(({ cutAt = Number.NaN }) => cutAt);
    expectThat(
      cuts.every((at) => at >= 12_000 && at <= 12_100),
      `The deadline is at 12,000 ms; they were cut after ${cuts.join(', ')} ms.`,
    );
    const polite = party.everyone.filter(({ cutAt }) => cutAt !== undefined);
    expect(polite.length, 'Connections that were cut').toBe(3);
    expect(party.clock.timerCount, 'Timers that are left').toBe(0);
  },
);

check(
  'The deadline holds for those whose batch never came',
  {
    rfc: '6455 §7.1.7',
    hint: [
      'The spread is an hour, and the machine is switched off in one second.',
      'Never wait past the deadline, between batches either.',
    ],
  },
  async () => {
    const party = new Party(10, {}).start({ spreadMs: 60_000, batches: 2, deadlineMs: 1_000 });
    expect(await party.end(), 'How they left').toEqual({ polite: 0, cut: 10 });
    expectThat(party.endedAt <= 1_100, `The deadline is at 1,000 ms; drain ended after ${party.endedAt} ms.`);
  },
);

check(
  'Those who leave by themselves meanwhile are left alone',
  {
    rfc: '6455 §5.5.1',
    hint: [
      'Someone closes the page in the third second, before their batch. What do you do to the connection then?',
      'Nothing: ask the set whether it is still there.',
    ],
  },
  async () => {
    const party = new Party(10, { answersInMs: 20 }).start();
    await party.pass(2_500);
    const leaving = party.everyone.filter(({ deeds }) => deeds.length === 0).slice(0, 4);
    for (const guest of leaving) guest.leave();
    expect(await party.end(), 'How they left').toEqual({ polite: 10, cut: 0 });
    const deeds = leaving.map((guest) => guest.deeds.join(', '));
    expect(deeds, 'What was done to four connections that were gone').toEqual(['', '', '', '']);
  },
);

check(
  'A set that changes while it is walked skips nobody',
  {
    rfc: '6455 §7.2.3',
    hint: [
      'close may end a connection at once, and take another with it. Which list do you walk?',
      'A copy, made when the drain begins.',
    ],
  },
  async () => {
    const party = new Party(0);
    const first = party.invite({ answersInMs: 0 });
    const second = party.invite({ answersInMs: 0 });
    const third = party.invite({ answersInMs: 0 });
    const close = first.close.bind(first);
    first.close = (code, reason) => {
      close(code, reason);
      second.leave();
    };
    party.start({ batches: 1, spreadMs: 1_000 });
    expect(await party.end(), 'How they left').toEqual({ polite: 3, cut: 0 });
    expect(
      [first, second, third].map(({ deeds }) => deeds.join()),
      'What was done to each',
    ).toEqual(['tell,close', '', 'tell,close']);
  },
);

check(
  'With nobody there it ends at once, and sets no timer',
  {
    rfc: '6455 §7.1.1',
    hint: [
      'A node with no connections: how long does its restart take?',
      'Ask before the first wait whether the set is empty.',
    ],
  },
  async () => {
    const party = new Party(0).start();
    await party.pass(0);
    expect(party.report, 'The report').toEqual({ polite: 0, cut: 0 });
    expect(party.clock.timersSet, 'Timers that were set').toBe(0);
  },
);

check(
  'A connection that throws stops nothing, and is cut if it stays',
  {
    rfc: '6455 §7.1.7',
    hint: [
      'A socket that is broken throws when you write to it. What becomes of those behind it?',
      'A try around each connection, when it is sent away and when it is cut.',
    ],
  },
  async () => {
    const party = new Party(5);
    const stuck = party.invite({ throwsAt: ['tell', 'close', 'terminate'] });
    for (let n = 0; n < 5; n++) party.invite({ answersInMs: 0 });
    const last = party.invite({});
    party.start();
    expect(await party.end(), 'How they left').toEqual({ polite: 10, cut: 2 });
    expect(stuck.deeds.at(-1), 'The last that was done to one that always throws').toBe('terminate');
    expect(last.deeds, 'What was done to the last one').toEqual(['tell', 'close', 'terminate']);
  },
);

check(
  'A connection that cannot be told is closed all the same',
  {
    rfc: '6455 §7.1.2',
    hint: ['tell has failed. Is that a reason not to close?', 'Two calls, and a try for each.'],
  },
  async () => {
    const party = new Party(3);
    const mute = party.invite({ answersInMs: 0, throwsAt: ['tell'] });
    party.start();
    await party.pass(9_990);
    expect(mute.deeds, 'What was done to one that throws when it is told').toEqual(['tell', 'close']);
  },
);

check(
  'A single batch is everyone at once, back over the whole spread',
  {
    rfc: '6455 §7.2.3',
    hint: [
      'What is spreadMs / batches for one batch?',
      'The whole spread: all are closed now, and each is told a random part of it.',
    ],
  },
  async () => {
    const party = new Party(2_000).start({ batches: 1, spreadMs: 5_000 });
    await party.pass(0);
    expect(party.guests.size, 'Connections that are left when drain has been called').toBe(0);
    const counts = tenths(party.everyone, 5_000);
    expectThat(
      counts.every((count) => count > 130 && count < 270),
      `2,000 clients were told to come back, in each tenth of the spread: ${counts.join(', ')}. About 200 is even.`,
    );
  },
);

check(
  'Two keys that differ in one bit are as unlike as any two',
  {
    rfc: '8584 §3.2',
    stretch: true,
    hint: [
      'Does the first node of user-1000 tell anything about that of user-1001?',
      'It must not: of n nodes, two neighbours share their first one time in n. A final mix that moves every bit does it.',
    ],
  },
  () => {
    const nodes = nodesNamed(4);
    const homes = homesOf(keysNamed(12_000), nodes);
    const same = homes.filter((home, n) => home === homes[n + 1]).length / homes.length;
    expectThat(
      same > 0.23 && same < 0.27,
      `Neighbouring keys share their first of four nodes in ${(same * 100).toFixed(1)} % of cases; 25 % is chance.`,
    );
  },
);

check(
  'A process that was stopped for a while does not make up for it in one go',
  {
    rfc: '6455 §7.2.3',
    stretch: true,
    hint: [
      'After four lost seconds, how many batches are due at once?',
      'One: the next is a whole interval after the one before it, whatever the clock says.',
    ],
  },
  async () => {
    const party = new Party(100).start({ deadlineMs: 60_000 });
    await party.pass(500);
    party.clock.freeze(4_000);
    await party.pass(500);
    expectThat(
      party.guests.size >= 80,
      `After four seconds in which the process was stopped, ${90 - party.guests.size} of 100 connections went in one go; 10 are a batch.`,
    );
    expect(await party.end(), 'How they left').toEqual({ polite: 100, cut: 0 });
  },
);
