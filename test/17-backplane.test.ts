import { afterEach, expect } from 'vitest';
import type { MessageOf, ServerMessage, User } from '#labs/10-protocol';
import { MemoryBackplane, MemoryStore, type MemoryStoreOptions } from '#labs/17-backplane';
import { TestNode } from './support/backplane.ts';
import { check } from './support/check.ts';

const ada = { id: 'u1', name: 'Ada' };
const ben = { id: 'u2', name: 'Ben' };
const cleo = { id: 'u3', name: 'Cleo' };

const post = (id: string, from: User = ada) => ({ id, from, content: `says ${id}`, at: 1_700_000_000_000 });
const direct = (id: string, from: User = ada): MessageOf<ServerMessage, 'direct'> => ({
  type: 'direct',
  ...post(id, from),
});

const started: TestNode[] = [];

afterEach(async () => {
  await Promise.all(started.splice(0).map(({ backplane }) => backplane.stop()));
});

/** Nodes of one chat. */
async function nodes(count: number, options?: MemoryStoreOptions): Promise<TestNode[]> {
  const store = new MemoryStore(options);
  for (let n = 0; n < count; n++) started.push(await TestNode.start(new MemoryBackplane({ store })));
  return started.slice(-count);
}

check(
  'What one node appends, every node in the room is told, in order',
  {
    rfc: 'chat.v1 §rooms',
    hint: [
      'Two nodes share a store. Who has to be told of a message, and who knows them all?',
      'The store keeps its nodes. `append` asks the log for a number, then goes through the nodes that have entered the room.',
    ],
  },
  async () => {
    const [a, b, c] = await nodes(3);
    await a.backplane.enter('lobby', ada);
    await b.backplane.enter('lobby', ben);
    for (const id of ['m1', 'm2']) await a.backplane.append('lobby', post(id));
    expect(await b.backplane.append('lobby', post('m3', ben)), 'the third message').toEqual({ seq: 3 });
    for (const node of [a, b]) await node.hears('lobby', ['m1', 'm2', 'm3']);
    expect(c.said('lobby'), 'what a node was told that is not in the room').toEqual([]);
  },
);

check(
  'A repeat gets its first number, and nobody is told again',
  {
    rfc: 'chat.v1 §acks',
    hint: [
      'A client posts again what was not acknowledged, perhaps to another node. Who remembers?',
      'The log of the room, which all nodes share: for a repeat its `message` is undefined.',
    ],
  },
  async () => {
    const [a, b] = await nodes(2);
    await a.backplane.enter('lobby', ada);
    await a.backplane.append('lobby', post('m1'));
    await a.backplane.append('lobby', post('m2'));
    expect(await b.backplane.append('lobby', post('m1')), 'm1 again, at another node').toEqual({ seq: 1 });
    await b.backplane.append('lobby', post('m3'));
    await a.hears('lobby', ['m1', 'm2', 'm3']);
  },
);

check(
  'A position gets what came after it, or the last messages: all or nothing',
  {
    rfc: 'chat.v1 §resume',
    hint: ['Lab 14 has this already.', 'The replay of the log, with its epoch and its last number.'],
  },
  async () => {
    const [a, b] = await nodes(2, { log: { maxMessages: 4, lastMessages: 2 } });
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
    expect(await seqs({ epoch, seq: 2 }), 'after number 2').toEqual({ recovered: true, seqs: [3, 4, 5, 6] });
    expect(await seqs({ epoch, seq: 6 }), 'after number 6').toEqual({ recovered: true, seqs: [] });
    expect(await seqs({ epoch, seq: 1 }), 'after number 1').toEqual({ recovered: false, seqs: [5, 6] });
    expect(await seqs({ epoch: 'x', seq: 3 }), 'other epoch').toEqual({ recovered: false, seqs: [5, 6] });
  },
);

check(
  'A user joins a room once and leaves it once, on however many nodes',
  {
    rfc: 'chat.v1 §rooms',
    hint: [
      'Ada has a tab on each of two nodes. When is she gone?',
      'Count connections of a user over all nodes, in the store: the first is told as joined, the end of the last as left.',
    ],
  },
  async () => {
    const [a, b] = await nodes(2);
    await b.backplane.enter('lobby', ben);
    await a.backplane.enter('lobby', ada);
    await a.backplane.enter('lobby', ada);
    await b.backplane.enter('lobby', ada);
    await a.backplane.leave('lobby', ada);
    await a.backplane.leave('lobby', ada);
    expect(b.presence('lobby'), 'with one tab left').toEqual(['+Ben', '+Ada']);
    await b.backplane.leave('lobby', ada);
    await b.until('what the node in the room was told', () => b.presence('lobby'), ['+Ben', '+Ada', '-Ada']);
    expect(a.presence('lobby'), 'what a node was told that had left').toEqual(['+Ada']);
  },
);

check(
  'The members of a room are told over all nodes, each once',
  {
    rfc: 'chat.v1 §rooms',
    hint: ['A user with five tabs is one person.', 'Count a user’s connections by the user’s id.'],
  },
  async () => {
    const [a, b] = await nodes(2);
    await a.backplane.enter('lobby', ada);
    await b.backplane.enter('lobby', ada);
    await b.backplane.enter('lobby', ben);
    await b.backplane.enter('kitchen', cleo);
    const names = async (room: string) => (await a.backplane.membersOf(room)).map((user) => user.name).sort();
    expect(await names('lobby'), 'in the lobby').toEqual(['Ada', 'Ben']);
    expect(await names('cellar'), 'in a room nobody is in').toEqual([]);
  },
);

check(
  'A node that has left a room is told nothing more of it',
  {
    rfc: 'chat.v1 §rooms',
    hint: [
      'Two people of one node were in it.',
      'Count: the node is in a room as long as one connection is.',
    ],
  },
  async () => {
    const [a, b] = await nodes(2);
    await a.backplane.enter('lobby', ada);
    await a.backplane.enter('lobby', ben);
    await b.backplane.enter('lobby', cleo);
    await a.backplane.leave('lobby', ada);
    await b.backplane.append('lobby', post('m1', cleo));
    await a.hears('lobby', ['m1']);
    await a.backplane.leave('lobby', ben);
    await b.backplane.append('lobby', post('m2', cleo));
    await b.hears('lobby', ['m1', 'm2']);
    expect(a.said('lobby'), 'what the node was told').toEqual(['m1']);
  },
);

check(
  'A node that stops takes its people with it',
  {
    rfc: 'chat.v1 §rooms',
    hint: ['Who tells the others?', 'Leave every room as often as it was entered, then be no node any more.'],
  },
  async () => {
    const [a, b] = await nodes(2);
    await b.backplane.enter('lobby', ben);
    await a.backplane.enter('lobby', ada);
    await a.backplane.enter('lobby', ada);
    await a.backplane.stop();
    await b.until('what the other was told', () => b.presence('lobby'), ['+Ben', '+Ada', '-Ada']);
    expect(await b.backplane.membersOf('lobby'), 'who is still in the room').toEqual([ben]);
  },
);

check(
  'A direct message reaches every node that has the user, and no other',
  {
    rfc: 'chat.v1 §direct',
    hint: [
      'Ben has a phone and a laptop.',
      'Each node keeps which users have arrived: tell those that have him.',
    ],
  },
  async () => {
    const [a, b, c] = await nodes(3);
    await b.backplane.arrive(ben);
    await c.backplane.arrive(ben);
    await c.backplane.depart(ben);
    expect(await a.backplane.direct('u2', direct('d1')), 'whether he is there').toBe(true);
    await b.until(
      'what his node was told',
      () => b.all('direct').map(({ to, message }) => [to, message.id]),
      [['u2', 'd1']],
    );
    expect([...a.all('direct'), ...c.all('direct')], 'what the others were told').toEqual([]);
  },
);

check(
  'A direct message to someone who is not connected is false',
  {
    rfc: 'chat.v1 §direct',
    hint: [
      'What may be tried again later must not be remembered.',
      'Remember it once a node has it, not before.',
    ],
  },
  async () => {
    const [a, b] = await nodes(2);
    expect(await a.backplane.direct('u2', direct('d1')), 'before he has come').toBe(false);
    await b.backplane.arrive(ben);
    expect(await a.backplane.direct('u2', direct('d1')), 'the same, once he is there').toBe(true);
    await b.until('what his node was told', () => b.all('direct').length, 1);
  },
);

check(
  'A direct message that is repeated is true, and not delivered again',
  {
    rfc: 'chat.v1 §acks',
    hint: ['The ack was lost.', 'Remember sender and id of what was delivered.'],
  },
  async () => {
    const [a, b] = await nodes(2);
    await b.backplane.arrive(ben);
    await a.backplane.direct('u2', direct('d1'));
    await b.until('what his node was told', () => b.all('direct').length, 1);
    await b.backplane.depart(ben);
    expect(await b.backplane.direct('u2', direct('d1')), 'the repeat, at another node').toBe(true);
    await b.backplane.arrive(ben);
    await a.backplane.direct('u2', direct('d1', cleo));
    await b.until('what his node was told', () => b.all('direct').map(({ message }) => message.from.name), [
      'Ada',
      'Cleo',
    ]);
  },
);

check(
  'A sign-out reaches every node',
  {
    rfc: 'chat.v1 §auth',
    hint: ['Also the one it was made at.', 'Tell all nodes, whatever rooms they are in.'],
  },
  async () => {
    const both = await nodes(2);
    await both[0].backplane.revoke('s1');
    for (const node of both) {
      await node.until('what a node was told', () => node.all('revoked').map(({ session }) => session), [
        's1',
      ]);
    }
  },
);

check(
  'A key is claimed once over all nodes',
  {
    rfc: 'chat.v1 §auth',
    hint: ['A ticket is good once, at whichever node.', 'The claims are the store’s.'],
  },
  async () => {
    const [a, b] = await nodes(2);
    expect(await a.backplane.isClaimed('t1'), 'before').toBe(false);
    const claims = await Promise.all([a.backplane.claim('t1', 60_000), b.backplane.claim('t1', 60_000)]);
    expect(claims.sort(), 'two at once').toEqual([false, true]);
    expect(await b.backplane.isClaimed('t1'), 'after').toBe(true);
    expect(await b.backplane.claim('t2', 60_000), 'another key').toBe(true);
  },
);

check(
  'The history of a room nobody is in is not kept for ever',
  {
    rfc: 'chat.v1 §limits',
    hint: [
      'Anyone can write into rooms with random names. What does that cost you?',
      'Keep maxLogs logs: drop the one that was not used for longest, but none of a room with people in it.',
    ],
  },
  async () => {
    const [a] = await nodes(1, { maxLogs: 3 });
    await a.backplane.enter('in use', ada);
    for (const room of ['in use', 'old', 'older']) await a.backplane.append(room, post('m1'));
    await a.backplane.read('old');
    for (const room of ['new']) await a.backplane.append(room, post('m1'));
    const kept = async (room: string) => (await a.backplane.read(room)).seq;
    expect([await kept('in use'), await kept('old'), await kept('new')], 'those in use').toEqual([1, 1, 1]);
    expect(await kept('older'), 'the one that was not used for longest').toBe(0);
  },
);
