import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeFrame, Opcode } from '#labs/03-frames';
import { workbookRoot } from '../../workbook/course.ts';
import { Book } from '../../workbook/scenarios/feed/book.ts';
import { BookReader } from '../../workbook/scenarios/feed/book-reader.ts';
import { Market } from '../../workbook/scenarios/feed/market.ts';
import { append, overwrite } from '../../workbook/scenarios/feed/merge.ts';
import type {
  ClientMessage,
  Level,
  Product,
  ServerMessage,
  Snapshot,
  Update,
} from '../../workbook/scenarios/feed/messages.ts';
import { feed } from '../../workbook/scenarios/feed/server.ts';
import { Subscription } from '../../workbook/scenarios/feed/subscription.ts';
import { hostScenario, type ScenarioHost } from '../../workbook/scenarios/host.ts';
import { seededRandom } from '../../workbook/seeded-random.ts';
import { JsonClient } from '../support/json-client.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

const update = (from: number, to: number, levels: Level[] = [['bid', from, to]], epoch = 1): Update => ({
  type: 'update',
  symbol: 'OAK',
  epoch,
  from,
  to,
  levels,
});
const snapshot = (seq: number, epoch = 1): Snapshot => ({
  type: 'snapshot',
  symbol: 'OAK',
  epoch,
  seq,
  levels: [['bid', 100, seq]],
});

describe('the market', () => {
  test('numbers every change without a hole, and its snapshot is the sum of them', () => {
    const market = new Market(seededRandom(1), 1);
    const first = market.snapshot('OAK');
    const book = new Book(first.levels);
    let { seq } = first;
    for (let tick = 0; tick < 100; tick++) {
      for (const { symbol, from, to, levels } of market.tick(12)) {
        expect(levels).toHaveLength(to - from + 1);
        if (symbol !== 'OAK') continue;
        expect(from).toBe(seq + 1);
        seq = to;
        book.apply(levels);
        const [[bid], [ask]] = [book.side('bid')[0], book.side('ask')[0]];
        expect(bid).toBeLessThan(ask);
      }
    }
    expect(market.snapshot('OAK')).toMatchObject({ seq, levels: book.levels() });
  });

  test('is the same for the same seed, and begins anew under a later epoch', () => {
    const [one, same] = [new Market(seededRandom(7), 5), new Market(seededRandom(7), 5)];
    expect(one.tick(100)).toEqual(same.tick(100));
    one.restart(5);
    expect(one.snapshot('ELM').epoch).toBe(7);
    expect(one.snapshot('ELM').seq).toBe(20);
  });
});

describe('updates that wait are merged', () => {
  test('the conflated product leads to the same book as the full one, with fewer levels', () => {
    const market = new Market(seededRandom(3), 1);
    const { levels } = market.snapshot('OAK');
    const updates = market.tick(2_000).filter(({ symbol }) => symbol === 'OAK');
    for (let tick = 0; tick < 50; tick++) updates.push(...market.tick(12).filter((u) => u.symbol === 'OAK'));
    const [full, conflated] = [updates.reduce(append), updates.reduce(overwrite)];
    const [one, other] = [new Book(levels), new Book(levels)];
    one.apply(full.levels);
    other.apply(conflated.levels);
    expect(other.levels()).toEqual(one.levels());
    expect([conflated.from, conflated.to]).toEqual([full.from, full.to]);
    expect(conflated.levels.length).toBeLessThan(full.levels.length / 5);
  });

  test('what waits of an older epoch is dropped', () => {
    expect(overwrite(update(5, 9), update(21, 22, [['ask', 3, 4]], 2))).toEqual(
      update(21, 22, [['ask', 3, 4]], 2),
    );
  });
});

describe('a reader of a book', () => {
  function readerAt(seq: number): BookReader {
    const reader = new BookReader();
    reader.read(snapshot(seq));
    return reader;
  }

  test.each([
    ['follows', update(1008, 1031), 'applied', 1031],
    ['overlaps', update(1001, 1040), 'applied', 1040],
    ['was applied already', update(1000, 1007), 'old', 1007],
    ['leaves one out', update(1009, 1010), 'gap', 1007],
    ['is of an older epoch', update(1008, 1009, [], 0), 'old', 1007],
    ['is of a later epoch, whatever its number', update(1008, 1009, [], 2), 'gap', 1007],
  ] as const)('an update that %s', (_, message, verdict, seq) => {
    const reader = readerAt(1007);
    expect(reader.read(message)).toBe(verdict);
    expect(reader.seq).toBe(seq);
    expect(reader.book === undefined).toBe(verdict === 'gap');
  });

  test('after a gap it holds updates, and applies to the snapshot what is newer', () => {
    const reader = readerAt(10);
    expect(reader.read(update(12, 12))).toBe('gap');
    expect(reader.read(update(13, 14))).toBe('held');
    expect(reader.read(update(15, 15))).toBe('held');
    expect(reader.held).toBe(3);
    expect(reader.read(snapshot(13))).toBe('applied');
    expect(reader.seq).toBe(15);
    expect(reader.book?.quantity('bid', 12)).toBe(0);
    expect(reader.book?.quantity('bid', 13)).toBe(14);
  });

  test('a snapshot from before the gap shows the gap again, and a later one mends it', () => {
    const reader = readerAt(10);
    reader.read(update(20, 21));
    expect(reader.read(snapshot(15))).toBe('gap');
    expect(reader.book).toBeUndefined();
    expect(reader.read(snapshot(20))).toBe('applied');
    expect(reader.seq).toBe(21);
  });

  test('a snapshot nobody waits for is left out', () => {
    const reader = readerAt(10);
    expect(reader.read(snapshot(5))).toBe('old');
    expect(reader.seq).toBe(10);
  });

  test('a heartbeat shows that the last change was lost', () => {
    const heartbeat = { type: 'heartbeat', symbol: 'OAK', epoch: 1 } as const;
    expect(readerAt(10).read({ ...heartbeat, seq: 10 })).toBe('old');
    expect(readerAt(10).read({ ...heartbeat, seq: 11 })).toBe('gap');
    expect(readerAt(10).read({ ...heartbeat, epoch: 2, seq: 3 })).toBe('gap');
    expect(new BookReader().read({ ...heartbeat, seq: 3 })).toBe('held');
  });

  test('while no snapshot comes it holds no more than 1,000', () => {
    const reader = new BookReader();
    for (let seq = 1; seq <= 1_500; seq++) reader.read(update(seq, seq));
    expect(reader.held).toBe(1_000);
    expect(reader.read(snapshot(100))).toBe('gap');
    expect(reader.read(snapshot(500))).toBe('applied');
    expect(reader.seq).toBe(1_500);
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'its book is right or there is none, whatever is lost (seed %i)',
    (seed) => {
      const random = seededRandom(seed);
      const market = new Market(random, 1);
      const reader = new BookReader();
      /** The book after each change that ended an update. */
      const truth = new Map<string, Level[]>();
      let right = 0;
      for (let tick = 0; tick < 250; tick++) {
        if (random() < 0.01) market.restart(1);
        const before = market.snapshot('OAK');
        const updates = market.tick(12).filter(({ symbol }) => symbol === 'OAK');
        const after = market.snapshot('OAK');
        for (const { epoch, seq, levels } of [before, after]) truth.set(`${epoch} ${seq}`, [...levels]);
        for (const message of updates) if (random() < 0.9) reader.read(message);
        // It may be late, and older than what has come meanwhile.
        if (!reader.book && random() < 0.3) reader.read(random() < 0.5 ? before : after);
        if (!reader.book) continue;
        expect(reader.book.levels()).toEqual(truth.get(`${reader.epoch} ${reader.seq}`));
        right++;
      }
      expect(right).toBeGreaterThan(30);
    },
  );
});

describe('a subscription', () => {
  function subscribe(product: Product, maxUnread = 1_000) {
    const sent: ServerMessage[] = [];
    let expelled = 0;
    const subscription = new Subscription(product, maxUnread, {
      send: (text) => sent.push(JSON.parse(text)),
      expel: () => expelled++,
    });
    const push = (message: Update) => subscription.update(message, JSON.stringify(message));
    return { subscription, sent, push, expelled: () => expelled };
  }

  test('full: every change at once, and out when too much is unread', () => {
    const { subscription, sent, push, expelled } = subscribe('full');
    const length = JSON.stringify(update(11, 11)).length;
    const most = Math.floor(1_000 / length);
    for (let seq = 11; seq < 11 + most; seq++) push(update(seq, seq));
    expect(sent).toHaveLength(most);
    subscription.flush();
    expect(sent.at(-1)).toEqual({ type: 'mark', sent: most * length });
    expect(subscription.echo(most * length)).toBe(true);
    for (let seq = 31; seq < 31 + most; seq++) push(update(seq, seq));
    expect(expelled()).toBe(0);
    push(update(98, 98));
    expect(expelled()).toBe(1);
  });

  test('conflated: nothing until what came before is read, then the newest under all the numbers', () => {
    const { subscription, sent, push } = subscribe('conflated');
    push(update(1, 1, [['bid', 7, 10]]));
    subscription.flush();
    expect(sent.map(({ type }) => type)).toEqual(['update', 'mark']);
    const [, mark] = sent.splice(0);
    for (let seq = 2; seq <= 500; seq++) push(update(seq, seq, [['bid', 7, seq]]));
    subscription.flush();
    expect(sent).toEqual([]);
    expect(subscription.echo((mark as Extract<ServerMessage, { type: 'mark' }>).sent)).toBe(true);
    subscription.flush();
    expect(sent[0]).toEqual(update(2, 500, [['bid', 7, 500]]));
  });

  test('conflated: a heartbeat is never ahead of what was sent', () => {
    const { subscription, sent, push } = subscribe('conflated');
    push(update(1, 1));
    subscription.heartbeat('OAK', '{"type":"heartbeat"}');
    expect(sent).toEqual([]);
    subscription.heartbeat('YEW', '{"type":"heartbeat"}');
    expect(sent).toHaveLength(1);
  });

  test('only marks that were sent can be echoed, and none twice backwards', () => {
    const { subscription, push } = subscribe('full');
    push(update(1, 1));
    expect(subscription.echo(1)).toBe(false);
    subscription.flush();
    const length = JSON.stringify(update(1, 1)).length;
    expect(subscription.echo(length)).toBe(true);
    expect(subscription.echo(length - 1)).toBe(false);
  });
});

test('an update of the drill is these bytes', () => {
  const text = JSON.stringify({ ...update(9707, 9707, [['ask', 6343, 340]]), epoch: 1_795_372_800_000 });
  const frame = encodeFrame({ opcode: Opcode.Text, payload: Buffer.from(text) });
  expect(frame).toHaveLength(106);
  expect(frame.subarray(0, 12).toString('hex')).toBe('81687b2274797065223a2275');
  const drill = readFileSync(join(workbookRoot, 'docs/interview/drills/feed.md'), 'utf8');
  expect(drill).toContain(text);
  expect(drill).toContain('81 68 7b 22 74 79 70 65 22 3a 22 75');
});

describe('the server of the feed', () => {
  const clock = new VirtualClock();
  let host: ScenarioHost;
  const open = () => JsonClient.open<ClientMessage, ServerMessage>(host.port, 'feed.v1');

  beforeAll(async () => {
    host = await hostScenario('feed', feed(clock, seededRandom(101)), 0, '127.0.0.1');
  });
  afterAll(() => host.close());

  test('serves its page', async () => {
    for (const [path, type] of [
      ['/', 'text/html'],
      ['/page.js', 'text/javascript'],
      ['/page.css', 'text/css'],
    ]) {
      const response = await fetch(`http://127.0.0.1:${host.port}${path}`);
      expect(response.headers.get('Content-Type')).toContain(type);
    }
  });

  test('full: no number is missing, and the snapshot meets the updates', async () => {
    const client = await open();
    client.send({ type: 'subscribe', product: 'full' }, { type: 'snapshot', symbol: 'OAK' });
    await client.settled();
    clock.advance(1_000);
    await client.settled();
    const updates = client.of('update').filter(({ symbol }) => symbol === 'OAK');
    expect(updates.length).toBeGreaterThan(20);
    for (const [index, { from }] of updates.entries()) {
      if (index > 0) expect(from).toBe(updates[index - 1].to + 1);
    }
    const [{ seq }] = client.of('snapshot');
    expect(seq).toBe(updates[0].from - 1);
    expect(client.of('mark')).toHaveLength(10);
  });

  test('conflated: at most ten times a second, as long as it is read', async () => {
    const client = await open();
    client.send({ type: 'subscribe', product: 'conflated' });
    await client.settled();
    for (let flush = 0; flush < 5; flush++) {
      clock.advance(100);
      await client.settled();
      client.send({ type: 'read', sent: client.of('mark')[flush].sent });
      await client.settled();
    }
    const updates = client.of('update').filter(({ symbol }) => symbol === 'ELM');
    expect(updates).toHaveLength(5);
    for (const [index, { from }] of updates.entries()) {
      if (index > 0) expect(from).toBe(updates[index - 1].to + 1);
    }
    clock.advance(10_000);
    await client.settled();
    expect(client.of('update').filter(({ symbol }) => symbol === 'ELM')).toHaveLength(6);
  });

  test('a full reader that reads nothing is closed with 1013, a conflated one is not', async () => {
    const [full, conflated] = [await open(), await open()];
    full.send({ type: 'subscribe', product: 'full' });
    conflated.send({ type: 'subscribe', product: 'conflated' });
    await Promise.all([full.settled(), conflated.settled()]);
    const [{ maxUnread }] = full.of('welcome');
    clock.advance(5_000);
    expect(await full.closed).toBe(1013);
    expect(JSON.stringify(full.of('update')).length).toBeLessThan(maxUnread + 2_000);
    await conflated.settled();
    expect(conflated.of('update').length).toBeLessThanOrEqual(5);
  });

  test('a quiet symbol has heartbeats; after a restart numbers are of a later epoch', async () => {
    const client = await open();
    client.send({ type: 'subscribe', product: 'conflated' });
    await client.settled();
    // Far longer than it is ever quiet or busy without a break.
    for (let second = 0; second < 20; second++) {
      clock.advance(1_000);
      await client.settled();
      client.send({ type: 'read', sent: client.of('mark').at(-1)?.sent ?? 0 });
      await client.settled();
    }
    expect(new Set(client.of('heartbeat').map(({ symbol }) => symbol))).toEqual(new Set(['YEW']));
    const before = client.of('update').at(-1)?.epoch ?? 0;
    client.send({ type: 'restart' });
    await client.settled();
    clock.advance(100);
    await client.settled();
    expect(client.of('update').at(-1)?.epoch).toBeGreaterThan(before);
  });

  const subscribe = '{"type":"subscribe","product":"full"}';
  test.each([
    ['bytes', [Buffer.from('{}')], 1003],
    ['no JSON', ['{'], 1008],
    ['an unknown type', ['{"type":"buy"}'], 1008],
    ['an unknown symbol', [subscribe, '{"type":"snapshot","symbol":"GOLD"}'], 1008],
    ['a snapshot before it listens', ['{"type":"snapshot","symbol":"OAK"}'], 1008],
    ['a mark that was not sent', [subscribe, '{"type":"read","sent":9}'], 1008],
    ['a second subscription', [subscribe, subscribe], 1008],
  ])('%s: closed with the code that fits', async (_, messages, code) => {
    const client = await open();
    for (const message of messages) client.sendRaw(message);
    expect(await client.closed).toBe(code);
  });
});
