import { afterAll, afterEach, beforeAll, expect, type TestContext } from 'vitest';
import type { MessageOf, RoomMessage, ServerMessage, User } from '#labs/10-protocol';
import type { RoomLogOptions } from '#labs/14-resume';
import {
  MemoryBackplane,
  MemoryStore,
  RedisBackplane,
  type RedisOptions,
  RoomFeed,
  type RoomHistory,
  Unavailable,
} from '#labs/17-backplane';
import { TestNode } from './support/backplane.ts';
import { type CheckOptions, check } from './support/check.ts';
import { noRedis, RedisServer, type RedisServerOptions } from './support/redis.ts';
import { RedisProxy } from './support/redis-proxy.ts';

const ada = { id: 'u1', name: 'Ada' };
const ben = { id: 'u2', name: 'Ben' };
const cleo = { id: 'u3', name: 'Cleo' };

const post = (id: string, from: User = ada) => ({ id, from, content: `says ${id}`, at: 1_700_000_000_000 });
const direct = (id: string, from: User = ada): MessageOf<ServerMessage, 'direct'> => ({
  type: 'direct',
  ...post(id, from),
});

const namesOf = (users: readonly User[]) => users.map(({ name }) => name).sort();

// What a check has started, the last first.
const started: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of started.splice(0).reverse()) await each.close();
});

let shared: RedisServer | undefined;
beforeAll(async () => {
  if (!noRedis) shared = await RedisServer.start();
});
afterAll(() => shared?.close());

/** Nodes of one chat, whatever they share. */
type StartNodes = (count: number, options?: { log?: Omit<RoomLogOptions, 'epoch'> }) => Promise<TestNode[]>;

async function startNode(backplane: MemoryBackplane | RedisBackplane): Promise<TestNode> {
  const node = await TestNode.start(backplane);
  started.push({ close: () => backplane.stop() });
  return node;
}

const inMemory: StartNodes = async (count, options) => {
  const store = new MemoryStore(options);
  return Promise.all(Array.from({ length: count }, () => startNode(new MemoryBackplane({ store }))));
};

/** Short, so that nobody waits for what is found by waiting. */
const quick = { leaseMs: 5_000, timeoutMs: 250 };

/** A node that has found its Redis; checks that share one have each a prefix, and so a chat of their own. */
async function redisNode(url: string, options: Partial<RedisOptions> = {}): Promise<TestNode> {
  const node = await startNode(new RedisBackplane({ url, ...quick, ...options }));
  await node.until('isUp', () => node.backplane.isUp, true);
  return node;
}

/** Skips a check where there is no Redis, but not for one who has not written their backplane. */
function needsRedis(context: TestContext): void {
  if (!noRedis) return;
  new RedisBackplane({ url: 'redis://127.0.0.1:6379' });
  context.skip(noRedis);
}

function inRedis(context: TestContext): StartNodes {
  needsRedis(context);
  const prefix = context.task.id;
  return (count, options) =>
    Promise.all(Array.from({ length: count }, () => redisNode(shared?.url ?? '', { prefix, ...options })));
}

/** A Redis of the check's own, to be ended as it likes. */
async function ownRedis(context: TestContext, options?: RedisServerOptions): Promise<RedisServer> {
  needsRedis(context);
  const redis = await RedisServer.start(options);
  started.push(redis);
  return redis;
}

/** A network between a node and the shared Redis. */
async function network(context: TestContext): Promise<{ proxy: RedisProxy; prefix: string; url: string }> {
  needsRedis(context);
  if (!shared) throw new Error('There is no Redis.');
  const proxy = await RedisProxy.start(shared.port);
  started.push(proxy);
  return { proxy, prefix: context.task.id, url: shared.url };
}

/** What both engines have to do, each in a check of its own. */
function both(title: string, options: CheckOptions, run: (nodes: StartNodes) => Promise<void>): void {
  check(`In memory: ${title}`, options, () => run(inMemory));
  check(`In Redis: ${title}`, options, (context) => run(inRedis(context)));
}

both(
  'what one node appends, every node in the room is told, in order',
  {
    rfc: 'chat.v1 §rooms',
    hint: [
      'Two nodes share a store. Who has to be told of a message, and who knows them all?',
      'In memory the store keeps its nodes: ask the log for a number, then tell each node that has entered the room. In Redis the script publishes, and each node listens to the channels of its rooms.',
    ],
  },
  async (start) => {
    const [a, b, c] = await start(3);
    await a.backplane.enter('lobby', ada);
    await b.backplane.enter('lobby', ben);
    for (const id of ['m1', 'm2']) await a.backplane.append('lobby', post(id));
    expect(await b.backplane.append('lobby', post('m3', ben)), 'the third message').toEqual({
      seq: 3,
      isNew: true,
    });
    for (const node of [a, b]) await node.hears('lobby', ['m1', 'm2', 'm3']);
    expect(b.all('message')[2]?.message, 'the third message, as it is told').toEqual({
      type: 'chat',
      room: 'lobby',
      seq: 3,
      ...post('m3', ben),
    });
    expect(c.said('lobby'), 'what a node was told that is not in the room').toEqual([]);
  },
);

both(
  'two nodes append at once, and all are told one order',
  {
    rfc: 'chat.v1 §rooms',
    hint: [
      'Who decides which of two messages is the first?',
      'The store: number and message are one step there, and a node tells nothing before the store has numbered it.',
    ],
  },
  async (start) => {
    const [a, b] = await start(2);
    await a.backplane.enter('lobby', ada);
    await b.backplane.enter('lobby', ben);
    const posts = Array.from({ length: 20 }, (_, n) => n);
    const answers = await Promise.all(
      posts.flatMap((n) => [
        a.backplane.append('lobby', post(`a${n}`)),
        b.backplane.append('lobby', post(`b${n}`, ben)),
      ]),
    );
    const numbers = answers.map(({ seq }) => seq).sort((x, y) => x - y);
    expect(numbers, 'the numbers given').toEqual(Array.from({ length: 40 }, (_, n) => n + 1));
    const { messages } = await a.backplane.read('lobby');
    for (const node of [a, b])
      await node.hears(
        'lobby',
        messages.map(({ id }) => id),
      );
  },
);

both(
  'a repeat gets its first number, is not new, and nobody is told again',
  {
    rfc: 'chat.v1 §acks',
    hint: [
      'A client posts again what was not acknowledged, perhaps to another node. Who remembers?',
      'All nodes together: sender and id, with the number. Two people may choose the same id. The answer says which it was: `isNew`.',
    ],
  },
  async (start) => {
    const [a, b] = await start(2);
    await a.backplane.enter('lobby', ada);
    await a.backplane.append('lobby', post('m1'));
    await a.backplane.append('lobby', post('m2'));
    expect(await b.backplane.append('lobby', post('m2')), 'm2 again, at another node').toEqual({
      seq: 2,
      isNew: false,
    });
    expect(await b.backplane.append('lobby', post('m1', ben)), 'Ben’s m1').toEqual({ seq: 3, isNew: true });
    await a.hears('lobby', ['m1', 'm2', 'm1']);
  },
);

both(
  'a repeat is known for longer than its message is kept, and not for ever',
  {
    rfc: 'chat.v1 §limits',
    hint: [
      'A client comes back after a minute, in a busy room.',
      'The ids are kept apart from the messages: `maxRemembered` of them, and the oldest goes with each new one.',
    ],
  },
  async (start) => {
    const [a] = await start(1, { log: { maxMessages: 2, maxRemembered: 5 } });
    for (let n = 1; n <= 8; n++) await a.backplane.append('lobby', post(`m${n}`));
    expect(await a.backplane.append('lobby', post('m4')), 'the 5th last again').toEqual({
      seq: 4,
      isNew: false,
    });
    expect(await a.backplane.append('lobby', post('m3')), 'the 6th last again').toEqual({
      seq: 9,
      isNew: true,
    });
  },
);

both(
  'a position gets what came after it, or the last messages: all or nothing',
  {
    rfc: 'chat.v1 §resume',
    hint: [
      'Lab 14 has it for one process. What does it need to know of the room?',
      'The epoch, the last number, and how many messages are kept: the first one kept follows from these.',
    ],
  },
  async (start) => {
    const [a, b] = await start(2, { log: { maxMessages: 4, lastMessages: 2 } });
    for (let n = 1; n <= 6; n++) await a.backplane.append('lobby', post(`m${n}`));
    const { epoch, ...last } = await b.backplane.read('lobby');
    expect({ ...last, messages: last.messages.map(({ seq }) => seq) }, 'for a newcomer').toEqual({
      seq: 6,
      recovered: false,
      messages: [5, 6],
    });
    const seqs = async (since: { epoch: string; seq: number }) => {
      const { recovered, messages } = await b.backplane.read('lobby', since);
      return { recovered, seqs: messages.map(({ seq }) => seq) };
    };
    const missed = await b.backplane.read('lobby', { epoch, seq: 5 });
    const sixth = { type: 'chat', room: 'lobby', seq: 6, ...post('m6') };
    expect(missed, 'after number 5').toEqual({ epoch, seq: 6, recovered: true, messages: [sixth] });
    expect(await seqs({ epoch, seq: 2 }), 'after number 2').toEqual({ recovered: true, seqs: [3, 4, 5, 6] });
    expect(await seqs({ epoch, seq: 6 }), 'after number 6').toEqual({ recovered: true, seqs: [] });
    expect(await seqs({ epoch, seq: 1 }), 'after number 1').toEqual({ recovered: false, seqs: [5, 6] });
    expect(await seqs({ epoch, seq: 7 }), 'after number 7').toEqual({ recovered: false, seqs: [5, 6] });
    expect(await seqs({ epoch: 'x', seq: 3 }), 'other epoch').toEqual({ recovered: false, seqs: [5, 6] });
  },
);

both(
  'a room nobody has written in has an epoch, and begins at 0',
  {
    rfc: 'chat.v1 §resume',
    hint: [
      'Ada joins a new room, loses her connection, and comes back after the first message. Did she miss one?',
      'Her position was number 0 of that epoch: the first message is what came after it. The epoch must not change meanwhile.',
    ],
  },
  async (start) => {
    const [a, b] = await start(2);
    const { epoch, ...empty } = await a.backplane.read('lobby');
    expect(empty, 'the new room').toEqual({ seq: 0, recovered: false, messages: [] });
    expect(epoch, 'its epoch').not.toBe('');
    await b.backplane.append('lobby', post('m1'));
    const { recovered, messages } = await a.backplane.read('lobby', { epoch, seq: 0 });
    expect({ recovered, ids: messages.map(({ id }) => id) }, 'after number 0').toEqual({
      recovered: true,
      ids: ['m1'],
    });
  },
);

both(
  'long messages push old ones out sooner',
  {
    rfc: 'chat.v1 §limits',
    hint: [
      'Five hundred messages of four thousand characters: what does a room cost?',
      'Count the length, too: the oldest goes as long as either limit is passed.',
    ],
  },
  async (start) => {
    const [a] = await start(1, { log: { maxContentLength: 2_000 } });
    const { epoch } = await a.backplane.read('lobby');
    for (let n = 1; n <= 6; n++)
      await a.backplane.append('lobby', { ...post(`m${n}`), content: 'x'.repeat(500) });
    const { recovered } = await a.backplane.read('lobby', { epoch, seq: 0 });
    expect(recovered, 'whether 3,000 characters were kept').toBe(false);
    const { messages } = await a.backplane.read('lobby', { epoch, seq: 3 });
    expect(
      messages.map(({ id }) => id),
      'the last ones',
    ).toEqual(['m4', 'm5', 'm6']);
  },
);

both(
  'a user joins a room once and leaves it once, on however many nodes',
  {
    rfc: 'chat.v1 §rooms',
    hint: [
      'Ada has two tabs on one node and a third on another. When is she gone?',
      'Count her connections on a node, and her nodes in the store: the first is told as joined, the end of the last as left.',
    ],
  },
  async (start) => {
    const [a, b] = await start(2);
    await b.backplane.enter('lobby', ben);
    await a.backplane.enter('lobby', ada);
    await a.backplane.enter('lobby', ada);
    await a.backplane.leave('lobby', ada);
    await b.backplane.enter('lobby', ada);
    await a.backplane.leave('lobby', ada);
    await b.backplane.leave('lobby', ada);
    await a.backplane.enter('lobby', cleo);
    const events = ['+Ben', '+Ada', '-Ada', '+Cleo'];
    await b.until('who came and went', () => b.presence('lobby'), events);
  },
);

both(
  'the members of a room are those of all nodes, each once',
  {
    rfc: 'chat.v1 §rooms',
    hint: ['A user with five tabs is one person.', 'By the user’s id, over all nodes.'],
  },
  async (start) => {
    const [a, b] = await start(2);
    await a.backplane.enter('lobby', ada);
    await b.backplane.enter('lobby', ada);
    await b.backplane.enter('lobby', ben);
    await b.backplane.enter('kitchen', cleo);
    await a.backplane.leave('lobby', cleo);
    expect(namesOf(await a.backplane.membersOf('lobby')), 'in the lobby').toEqual(['Ada', 'Ben']);
    expect(await a.backplane.membersOf('cellar'), 'in a room nobody is in').toEqual([]);
  },
);

both(
  'a node that has left a room is told nothing more of it, until it comes back',
  {
    rfc: 'chat.v1 §rooms',
    hint: [
      'Two people of one node were in it. And what if somebody comes just as the last one goes?',
      'A node is in a room as long as one connection is. Leaving and entering are done one after the other.',
    ],
  },
  async (start) => {
    const [a, b] = await start(2);
    await a.backplane.enter('lobby', ada);
    await a.backplane.enter('lobby', ben);
    await b.backplane.enter('lobby', cleo);
    await a.backplane.leave('lobby', ada);
    await b.backplane.append('lobby', post('m1', cleo));
    await a.hears('lobby', ['m1']);
    await a.backplane.leave('lobby', ben);
    await b.backplane.append('lobby', post('m2', cleo));
    await b.hears('lobby', ['m1', 'm2']);
    await a.backplane.enter('lobby', ada);
    await Promise.all([a.backplane.leave('lobby', ada), a.backplane.enter('lobby', ben)]);
    await b.backplane.append('lobby', post('m3', cleo));
    await a.hears('lobby', ['m1', 'm3']);
  },
);

both(
  'a node that stops takes its people with it',
  {
    rfc: 'chat.v1 §rooms',
    hint: ['Who tells the others?', 'Leave every room for every user, then be no node any more.'],
  },
  async (start) => {
    const [a, b] = await start(2);
    await b.backplane.enter('lobby', ben);
    await a.backplane.enter('lobby', ada);
    await a.backplane.enter('lobby', ada);
    await a.backplane.stop();
    await b.until('who came and went', () => b.presence('lobby'), ['+Ben', '+Ada', '-Ada']);
    expect(await b.backplane.membersOf('lobby'), 'who is still in the room').toEqual([ben]);
  },
);

both(
  'a direct message reaches every node that has the user, and no other',
  {
    rfc: 'chat.v1 §client',
    hint: [
      'Ben has a phone and a laptop.',
      'Each node knows which users have arrived: tell those that have him.',
    ],
  },
  async (start) => {
    const [a, b, c] = await start(3);
    await b.backplane.arrive(ben);
    await b.backplane.arrive(ben);
    await b.backplane.depart(ben);
    await c.backplane.arrive(ben);
    await c.backplane.depart(ben);
    expect(await a.backplane.direct('u2', direct('d1')), 'whether he is there').toBe(true);
    await b.until('what his node was told', () => b.all('direct'), [
      { what: 'direct', to: 'u2', message: direct('d1') },
    ]);
    expect([...a.all('direct'), ...c.all('direct')], 'what the others were told').toEqual([]);
  },
);

both(
  'a direct message to someone who is not connected is false, and may be sent again',
  {
    rfc: 'chat.v1 §client',
    hint: ['What may be tried again must not be remembered.', 'Remember it once a node has it, not before.'],
  },
  async (start) => {
    const [a, b] = await start(2);
    expect(await a.backplane.direct('u2', direct('d1')), 'before he has come').toBe(false);
    await b.backplane.arrive(ben);
    expect(await a.backplane.direct('u2', direct('d1')), 'the same, once he is there').toBe(true);
    await b.until('how many his node was told', () => b.all('direct').length, 1);
  },
);

both(
  'a direct message that is repeated is true, and not delivered again',
  {
    rfc: 'chat.v1 §acks',
    hint: ['The ack was lost.', 'Remember sender and id of what was delivered.'],
  },
  async (start) => {
    const [a, b] = await start(2);
    await b.backplane.arrive(ben);
    await a.backplane.direct('u2', direct('d1'));
    expect(await b.backplane.direct('u2', direct('d1')), 'the repeat, at another node').toBe(true);
    await a.backplane.direct('u2', direct('d1', cleo));
    const senders = () => b.all('direct').map(({ message }) => message.from.name);
    await b.until('whose his node was told', senders, ['Ada', 'Cleo']);
  },
);

both(
  'a sign-out reaches every node',
  {
    rfc: 'chat.v1 §session',
    hint: ['Also the one it was made at.', 'Tell all nodes, whatever rooms they are in.'],
  },
  async (start) => {
    const nodes = await start(2);
    await nodes[0].backplane.revoke('s1');
    for (const node of nodes) {
      await node.until('which sign-ins ended', () => node.all('revoked').map(({ session }) => session), [
        's1',
      ]);
    }
  },
);

both(
  'a key is claimed once over all nodes',
  {
    rfc: 'chat.v1 §session',
    hint: [
      'A ticket is good once, at whichever node.',
      'Asking and claiming are one step in what the nodes share.',
    ],
  },
  async (start) => {
    const [a, b] = await start(2);
    expect(await a.backplane.isClaimed('t1'), 'before').toBe(false);
    const claims = await Promise.all([a.backplane.claim('t1', 60_000), b.backplane.claim('t1', 60_000)]);
    expect(claims.sort(), 'two at once').toEqual([false, true]);
    expect(await b.backplane.isClaimed('t1'), 'after').toBe(true);
    expect(await b.backplane.claim('t2', 60_000), 'another key').toBe(true);
  },
);

check(
  'In memory: the history of a room nobody is in is not kept for ever',
  {
    rfc: 'chat.v1 §limits',
    hint: [
      'Anyone can write into rooms with random names. What does that cost you?',
      'Keep maxLogs logs: drop the one that was not used for longest, but none of a room with people in it.',
    ],
  },
  async () => {
    const a = await startNode(new MemoryBackplane({ store: new MemoryStore({ maxLogs: 3 }) }));
    await a.backplane.enter('in use', ada);
    for (const room of ['in use', 'old', 'older']) await a.backplane.append(room, post('m1'));
    await a.backplane.read('old');
    await a.backplane.append('new', post('m1'));
    const kept = async (room: string) => (await a.backplane.read(room)).seq;
    expect([await kept('in use'), await kept('old'), await kept('new')], 'those that are kept').toEqual([
      1, 1, 1,
    ]);
    expect(await kept('older'), 'the last number of the one that was not used for longest').toBe(0);
  },
);

// The feed: what a node makes of wake-ups. Nothing of it needs Redis.

const said = (seq: number, id = `m${seq}`): RoomMessage => ({
  type: 'chat',
  room: 'lobby',
  seq,
  ...post(id),
});

/** A room that can be read, and a feed of it, with what it has told: numbers, and resets. */
function feedOf(from: number) {
  const room = { epoch: 'e1', seq: from, first: 1, reads: 0, isAway: false };
  const told: (number | string)[] = [];
  const range = (first: number) =>
    Array.from({ length: Math.max(0, room.seq - first + 1) }, (_, n) => said(first + n));
  const feed = new RoomFeed(
    async (since): Promise<RoomHistory> => {
      room.reads++;
      const { epoch, seq } = room;
      if (room.isAway) throw new Unavailable('Redis is away.');
      const recovered = since?.epoch === epoch && since.seq >= room.first - 1 && since.seq <= seq;
      const messages = range(recovered ? (since?.seq ?? 0) + 1 : Math.max(room.first, seq - 1));
      // As over a network: what is published meanwhile comes before the answer does.
      await Promise.resolve();
      return { epoch, seq, recovered, messages };
    },
    {
      message: ({ seq }) => told.push(seq),
      reset: ({ epoch, seq }) => told.push(`reset ${epoch} ${seq}`),
    },
  );
  return { room, feed, told };
}

/** All that was begun with promises has ended. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

check(
  'The feed: begins where the room is, and tells the next message at once',
  {
    rfc: 'chat.v1 §rooms',
    hint: [
      'The first connection of a node has joined. Who sends it what was said before?',
      'The server does, by `read`. The first `catchUp` only finds the position; after it, one more than the position is told, and nothing is read.',
    ],
  },
  async () => {
    const { room, feed, told } = feedOf(5);
    await feed.catchUp();
    expect(told, 'what was told of the history').toEqual([]);
    feed.take('e1', said(6));
    feed.take('e1', said(7));
    expect(told, 'what was told of 6 and 7').toEqual([6, 7]);
    expect(room.reads, 'how often the room was read').toBe(1);
  },
);

check(
  'The feed: what was told is dropped',
  {
    rfc: 'chat.v1 §rooms',
    hint: ['A wake-up may be late.', 'A number that is not above the position is known.'],
  },
  async () => {
    const { room, feed, told } = feedOf(5);
    await feed.catchUp();
    for (const seq of [6, 6, 5, 1, 7]) feed.take('e1', said(seq));
    expect(told, 'what was told of 6, 6, 5, 1, 7').toEqual([6, 7]);
    expect(room.reads, 'how often the room was read').toBe(1);
  },
);

check(
  'The feed: what is missing is read, and told first',
  {
    rfc: 'chat.v1 §rooms',
    hint: [
      'The position is 5, and 8 comes. What do you know?',
      'That 6 and 7 were lost on the way. Read since the position, and tell what you get: 8 is in it.',
    ],
  },
  async () => {
    const { room, feed, told } = feedOf(5);
    await feed.catchUp();
    room.seq = 8;
    feed.take('e1', said(8));
    await settled();
    expect(told, 'what was told after 6 and 7 were lost').toEqual([6, 7, 8]);
    room.seq = 9;
    feed.take('e1', said(9));
    expect(told, 'what was told after 9').toEqual([6, 7, 8, 9]);
    expect(room.reads, 'how often the room was read').toBe(2);
  },
);

check(
  'The feed: what comes while it reads waits, and is read only if it has to be',
  {
    rfc: 'chat.v1 §rooms',
    hint: [
      'Messages come faster than the answer to your question.',
      'Hold them while you read, and take them after: some are in the answer, the next may follow it, a hole is another reading.',
    ],
  },
  async () => {
    const { room, feed, told } = feedOf(5);
    await feed.catchUp();
    room.seq = 8;
    feed.take('e1', said(8));
    // The answer that is on its way ends at 8.
    room.seq = 10;
    for (const seq of [7, 9, 10]) feed.take('e1', said(seq));
    expect(told, 'what was told before the answer').toEqual([]);
    await settled();
    expect(told, 'what was told after it').toEqual([6, 7, 8, 9, 10]);
    expect(room.reads, 'how often the room was read').toBe(2);
  },
);

check(
  'The feed: where some of it is gone, there is a reset and no half of it',
  {
    rfc: 'chat.v1 §resume',
    hint: [
      'The position is 5, and the oldest message kept is 40.',
      'The answer says recovered: false. Then its messages are not what was missed: reset, and go on from where it ends.',
    ],
  },
  async () => {
    const { room, feed, told } = feedOf(5);
    await feed.catchUp();
    room.seq = 60;
    room.first = 40;
    feed.take('e1', said(60));
    await settled();
    feed.take('e1', said(61));
    expect(told, 'what was told').toEqual(['reset e1 60', 61]);
  },
);

check(
  'The feed: another epoch is a reset, even where the number would fit',
  {
    rfc: 'chat.v1 §resume',
    hint: [
      'The position is 5, and a 6 comes. Is it the next one?',
      'Only in the same epoch: a store that forgot 6 has given the number to another message.',
    ],
  },
  async () => {
    const { room, feed, told } = feedOf(5);
    await feed.catchUp();
    room.epoch = 'e2';
    room.seq = 6;
    feed.take('e2', said(6));
    await settled();
    feed.take('e2', said(7));
    expect(told, 'what was told').toEqual(['reset e2 6', 7]);
    room.seq = 7;
    feed.take('e1', said(6));
    await settled();
    expect(told, 'what was told after a late wake-up of the old epoch').toEqual(['reset e2 6', 7]);
  },
);

check(
  'The feed: after an outage it catches up, and an outage in between costs nothing',
  {
    rfc: 'chat.v1 §rooms',
    hint: [
      'Reading fails: where is the position now?',
      'Where it was. Nobody waits for a catching-up that a wake-up began, so its failure must not go unheard; whoever calls `catchUp` hears of it.',
    ],
  },
  async () => {
    const { room, feed, told } = feedOf(5);
    await feed.catchUp();
    room.seq = 8;
    room.isAway = true;
    feed.take('e1', said(7));
    await settled();
    await expect(feed.catchUp(), 'catching up without Redis').rejects.toThrow(Unavailable);
    expect(told, 'what was told without Redis').toEqual([]);
    room.isAway = false;
    await feed.catchUp();
    expect(told, 'what was told when it was back').toEqual([6, 7, 8]);
  },
);

// Redis itself, and what may happen to it.

check(
  'In Redis: without Redis everything fails at once, and says when to come back',
  {
    rfc: 'chat.v1 §errors',
    hint: [
      'What is an ack worth for a message that waits in a queue of this process?',
      'Nothing is promised while the store is away: the link rejects with Unavailable, and you let that through.',
    ],
  },
  async (context) => {
    const redis = await ownRedis(context);
    await redis.kill();
    const a = await startNode(new RedisBackplane({ url: redis.url, ...quick }));
    expect(a.backplane.isUp, 'isUp').toBe(false);
    const error = await a.backplane.append('lobby', post('m1')).catch((reason: unknown) => reason);
    expect(error, 'what append rejects with').toBeInstanceOf(Unavailable);
    expect((error as Unavailable).retryAfterMs, 'retryAfterMs').toBeGreaterThan(0);
    await expect(a.backplane.enter('lobby', ada), 'enter').rejects.toThrow(Unavailable);
    await a.backplane.leave('lobby', ada);
    await redis.restart();
    await a.until('what it is told of Redis', () => a.all('health').map(({ isUp }) => isUp), [true]);
    expect(await a.backplane.append('lobby', post('m1')), 'the same message, later').toEqual({
      seq: 1,
      isNew: true,
    });
    expect(await a.backplane.membersOf('lobby'), 'who is in the room nobody could enter').toEqual([]);
  },
);

check(
  'In Redis: a connection that is lost costs no message and no member',
  {
    rfc: 'chat.v1 §rooms',
    hint: [
      'A new connection listens to nothing. What was published before it listened?',
      'Publishing keeps nothing. Subscribe to every room again, then catch up each feed, whether or not a wake-up comes.',
    ],
  },
  async (context) => {
    const { proxy, prefix, url } = await network(context);
    const [a, b] = [await redisNode(proxy.url, { prefix }), await redisNode(url, { prefix })];
    await a.backplane.enter('lobby', ada);
    await b.backplane.enter('lobby', ben);
    await a.backplane.arrive(ada);
    proxy.cut();
    for (const id of ['m1', 'm2', 'm3']) await b.backplane.append('lobby', post(id, ben));
    await b.backplane.revoke('s1');
    await a.hears('lobby', ['m1', 'm2', 'm3']);
    await a.until('what it is told of Redis', () => a.all('health').map(({ isUp }) => isUp), [
      true,
      false,
      true,
    ]);
    expect(
      a.all('revoked').map(({ session }) => session),
      'which sign-ins ended',
    ).toEqual(['s1']);
    await b.backplane.append('lobby', post('m4', ben));
    await a.hears('lobby', ['m1', 'm2', 'm3', 'm4']);
    expect(await b.backplane.direct('u1', direct('d1', ben)), 'a direct message to Ada').toBe(true);
    expect(namesOf(await b.backplane.membersOf('lobby')), 'the members').toEqual(['Ada', 'Ben']);
    expect(b.presence('lobby'), 'who came and went').toEqual(['+Ben']);
    expect(a.all('reset'), 'resets').toEqual([]);
  },
);

check(
  'In Redis: who comes and goes during an outage is told after it',
  {
    rfc: 'chat.v1 §rooms',
    hint: [
      'Ada closed her page while her node had no Redis. Who takes her out of the room?',
      'Her node, in its next session: what stands under its old name is replaced by who is there now.',
    ],
  },
  async (context) => {
    const { proxy, prefix, url } = await network(context);
    const [a, b] = [await redisNode(proxy.url, { prefix }), await redisNode(url, { prefix })];
    await a.backplane.enter('lobby', ada);
    await a.backplane.enter('lobby', cleo);
    await b.backplane.enter('lobby', ben);
    await a.until('who came', () => a.presence('lobby'), ['+Ada', '+Cleo', '+Ben']);
    proxy.cut();
    await a.backplane.leave('lobby', ada);
    await b.backplane.leave('lobby', ben);
    await b.backplane.enter('lobby', { id: 'u4', name: 'Dan' });
    const since = () => a.presence('lobby').slice(3).sort();
    await a.until('who came and went since then', since, ['+Dan', '-Ada', '-Ben']);
    expect(namesOf(await b.backplane.membersOf('lobby')), 'the members').toEqual(['Cleo', 'Dan']);
  },
);

check(
  'In Redis: one that restarts empty is another numbering, and that is said',
  {
    rfc: 'chat.v1 §resume',
    hint: [
      'The numbers begin at 1 again. What must a client that has read up to 3 be told?',
      'The room has no `generation` there, so it gets a new epoch, and each node finds it when it catches up: reset.',
    ],
  },
  async (context) => {
    const redis = await ownRedis(context);
    const [a, b] = [await redisNode(redis.url), await redisNode(redis.url)];
    await a.backplane.enter('lobby', ada);
    await b.backplane.enter('lobby', ben);
    for (const id of ['m1', 'm2', 'm3']) await a.backplane.append('lobby', post(id));
    const { epoch } = await a.backplane.read('lobby');
    await b.hears('lobby', ['m1', 'm2', 'm3']);
    await redis.kill();
    await redis.restart();
    for (const node of [a, b]) {
      const resets = () => node.all('reset').map(({ room, history }) => [room, history.seq]);
      await node.until('which rooms begin anew', resets, [['lobby', 0]]);
    }
    expect(a.all('reset')[0]?.history.epoch, 'the epoch').not.toBe(epoch);
    expect(await a.backplane.append('lobby', post('m4')), 'the first message').toEqual({
      seq: 1,
      isNew: true,
    });
    await b.hears('lobby', ['m1', 'm2', 'm3', 'm4']);
    await a.until('the nodes that are back', () => a.all('health').length, 3);
    await b.until('the nodes that are back', () => b.all('health').length, 3);
    expect(namesOf(await a.backplane.membersOf('lobby')), 'the members').toEqual(['Ada', 'Ben']);
    expect(a.presence('lobby'), 'who came and went').toEqual(['+Ada', '+Ben']);
  },
);

check(
  'In Redis: one that comes back without its last messages is another numbering, too',
  {
    rfc: 'chat.v1 §resume',
    hint: [
      'The snapshot ends at 2. Number 3 was acknowledged, read, and is gone. What is the next number, and for whom?',
      'Numbers go on from 2, so 3 is given again, to another message. `generation` has changed: a new epoch, and what is left stays.',
    ],
  },
  async (context) => {
    const redis = await ownRedis(context, { persistence: 'snapshot' });
    const a = await redisNode(redis.url);
    await a.backplane.enter('lobby', ada);
    for (const id of ['m1', 'm2']) await a.backplane.append('lobby', post(id));
    await redis.command('SAVE');
    await a.backplane.append('lobby', post('m3'));
    const { epoch } = await a.backplane.read('lobby');
    await a.hears('lobby', ['m1', 'm2', 'm3']);
    await redis.kill();
    await redis.restart();
    await a.until('the rooms that begin anew', () => a.all('reset').length, 1);
    await a.backplane.append('lobby', post('other'));
    const back = await a.backplane.read('lobby', { epoch, seq: 2 });
    expect(back.recovered, 'whether a position of before is continued').toBe(false);
    expect(
      back.messages.map(({ id }) => id),
      'what is left',
    ).toEqual(['m1', 'm2', 'other']);
    expect(await a.backplane.append('lobby', post('m2')), 'a repeat of what is left').toEqual({
      seq: 2,
      isNew: false,
    });
  },
);

check(
  'In Redis: one that keeps everything goes on as if nothing had been',
  {
    rfc: 'chat.v1 §resume',
    hint: [
      'A new epoch is a gap on every screen. When is it needless?',
      'When `generation` is the same. The session works out which Redis forgets nothing; compare, and nothing more.',
    ],
  },
  async (context) => {
    const redis = await ownRedis(context, { persistence: 'always' });
    const a = await redisNode(redis.url);
    await a.backplane.enter('lobby', ada);
    for (const id of ['m1', 'm2', 'm3']) await a.backplane.append('lobby', post(id));
    const { epoch } = await a.backplane.read('lobby');
    await redis.kill();
    await redis.restart();
    await a.until('what it is told of Redis', () => a.all('health').map(({ isUp }) => isUp), [
      true,
      false,
      true,
    ]);
    const { recovered, messages } = await a.backplane.read('lobby', { epoch, seq: 1 });
    expect({ recovered, ids: messages.map(({ id }) => id) }, 'after number 1').toEqual({
      recovered: true,
      ids: ['m2', 'm3'],
    });
    expect(await a.backplane.append('lobby', post('m3')), 'a repeat').toEqual({ seq: 3, isNew: false });
    expect(a.all('reset'), 'resets').toEqual([]);
  },
);

check(
  'In Redis: the people of a node that is dead leave when its lease ends',
  {
    rfc: 'chat.v1 §rooms',
    // By real time: on a machine with too much to do it may be late.
    stretch: true,
    hint: [
      'Nobody leaves a room for a process that was killed. Who does it, and how do they know?',
      'Each node renews its lease. Who finds a name without one takes out what stands under it: in `membersOf`, and when a name is missing at the next renewal.',
    ],
  },
  async (context) => {
    const { proxy, prefix, url } = await network(context);
    const a = await redisNode(proxy.url, { prefix, leaseMs: 400 });
    const b = await redisNode(url, { prefix, leaseMs: 900 });
    await a.backplane.enter('lobby', ada);
    await a.backplane.enter('lobby', ben);
    await b.backplane.enter('lobby', ben);
    proxy.silence();
    await b.until('who came and went', () => b.presence('lobby'), ['-Ada']);
    expect(await b.backplane.membersOf('lobby'), 'the members').toEqual([ben]);
  },
);

check(
  'In Redis: a link that is half open is found, and what was said meanwhile is told',
  {
    rfc: 'chat.v1 §rooms',
    stretch: true,
    hint: [
      'No byte comes, and no error either.',
      'The session pings Redis and ends; your part is the same as after any other outage.',
    ],
  },
  async (context) => {
    const { proxy, prefix, url } = await network(context);
    const [a, b] = [await redisNode(proxy.url, { prefix }), await redisNode(url, { prefix })];
    await a.backplane.enter('lobby', ada);
    await b.backplane.enter('lobby', ben);
    proxy.silence();
    await b.backplane.append('lobby', post('m1', ben));
    await a.until('what it is told of Redis', () => a.all('health').map(({ isUp }) => isUp), [true, false]);
    await expect(a.backplane.append('lobby', post('x')), 'append').rejects.toThrow(Unavailable);
    proxy.mend();
    await a.hears('lobby', ['m1']);
    await a.until('what it is told of Redis', () => a.all('health').map(({ isUp }) => isUp), [
      true,
      false,
      true,
    ]);
    expect(await a.backplane.append('lobby', post('x')), 'the message, sent again').toEqual({
      seq: 2,
      isNew: true,
    });
  },
);

check(
  'In Redis: any name of a room is a room of its own',
  {
    rfc: 'chat.v1 §rooms',
    stretch: true,
    hint: [
      'Rooms are named by people: {lobby}, a:b, 🦊.',
      'Keys.ofRoom takes care of it. Do not put names together yourself.',
    ],
  },
  async (context) => {
    const [a] = await inRedis(context)(1);
    const rooms = [
      '{lobby}',
      'lobby',
      'lobby}',
      '{}',
      '%7b',
      '{',
      'a:b',
      'a b',
      '🦊',
      '\ud83e',
      '\ud83f',
      ':log',
    ];
    for (const room of rooms) {
      await a.backplane.enter(room, ada);
      expect(await a.backplane.append(room, post(room)), JSON.stringify(room)).toEqual({
        seq: 1,
        isNew: true,
      });
      await a.hears(room, [room]);
    }
  },
);
