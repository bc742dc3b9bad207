import { once } from 'node:events';
import { expect } from 'vitest';
import type { MessageOf, ServerMessage } from '#labs/10-protocol';
import { Authority } from '#labs/15-auth';
import { MemoryBackplane, MemoryStore } from '#labs/17-backplane';
import { startChatServer } from '#labs/20-chat-server';
import type { Engine } from '../workbook/chat/engine.ts';
import { loadEngine } from '../workbook/chat/engine.ts';
import { guardLimits, hubLimits } from '../workbook/chat/limits.ts';
import { signingKey } from '../workbook/chat/signing-key.ts';
import {
  Guest,
  health,
  said,
  scrape,
  signOut,
  startNode,
  untilAdmitted,
  untilMetric,
  upgradeStatus,
  within,
} from './support/chat-node.ts';
import { check } from './support/check.ts';
import { expectThat } from './support/expect-that.ts';
import { TestLog } from './support/monitoring.ts';
import { TestBackplane } from './support/test-backplane.ts';
import { getTicket, post, signIn } from './support/test-client.ts';

/** Two nodes with one store. */
async function startTwo(): Promise<[one: string, two: string]> {
  const store = new MemoryStore();
  const node = () => startNode({ secret: 'shared', backplane: new MemoryBackplane({ store }) });
  return [(await node()).host, (await node()).host];
}

const room = 'lobby';

check(
  'A page of another origin is refused with 403, before there is a WebSocket',
  {
    rfc: '6455 §10.2',
    hint: [
      'Where does a refusal cost least, and tell the browser most?',
      'Ask isOriginAllowed before the engine gets the request: the own origin and options.allowedOrigins are let in.',
    ],
  },
  async () => {
    const { host } = await startNode({ allowedOrigins: ['https://chat.example'] });
    const letIn = [`http://${host}`, 'https://chat.example'];
    for (const Origin of letIn) {
      expect(await upgradeStatus(host, { Origin }), `Origin: ${Origin}`).toBe(101);
    }
    expect(await upgradeStatus(host), 'no Origin, as programs have none').toBe(101);
    const foreign = [
      'http://evil.example',
      'https://chat.example.evil.example',
      `http://${host}.evil.example`,
      'http://chat.example',
      'https://chat.example:8443',
      'null',
    ];
    for (const Origin of foreign) {
      expect(await upgradeStatus(host, { Origin }), `Origin: ${Origin}`).toBe(403);
    }
    expect(await upgradeStatus(host, {}, '/chats'), 'another path').toBe(404);
  },
);

check(
  'More connections than there may be are refused with 503, and a place is free once one has gone',
  {
    rfc: '9110 §15.6.4',
    hint: [
      'When does a place become free: at the Close frame, or when the socket is closed?',
      'ConnectionCaps.admit gives you what to call at the end: on the close event of the socket, whatever came of it.',
    ],
  },
  async () => {
    const { host } = await startNode({ caps: { total: 2, perAddress: 2 } });
    const first = await Guest.connect(host);
    await Guest.connect(host);
    expect(await upgradeStatus(host), 'the third of two').toBe(503);
    first.socket.terminate();
    await untilMetric(host, 'chat_connections', 1);
    expect(await upgradeStatus(host), 'after one has gone').toBe(101);
    // A handshake that fails is no connection: its place is free again.
    const { host: second } = await startNode({ caps: { total: 1, perAddress: 1 } });
    expect(await upgradeStatus(second, { 'Sec-WebSocket-Version': '7' })).not.toBe(101);
    await untilAdmitted(second);
  },
);

check(
  'Clients behind a proxy of ours count by their own address; what anybody else says of it is not believed',
  {
    rfc: '7239 §8.1',
    hint: [
      'All clients of a proxy have its address. Whose word is X-Forwarded-For?',
      'Ask clientAddress with options.trustedProxies, and give caps and monitor what it says.',
    ],
  },
  async () => {
    const caps = { total: 10, perAddress: 1 };
    const from = (address: string) => ({ 'X-Forwarded-For': address });
    const behind = await startNode({ caps, trustedProxies: ['127.0.0.1'] });
    expect(await upgradeStatus(behind.host, from('203.0.113.7'))).toBe(101);
    expect(await upgradeStatus(behind.host, from('203.0.113.8')), 'another client of the proxy').toBe(101);
    expect(await upgradeStatus(behind.host, from('203.0.113.7')), 'the same client again').toBe(503);
    const alone = await startNode({ caps });
    expect(await upgradeStatus(alone.host, from('203.0.113.7'))).toBe(101);
    expect(await upgradeStatus(alone.host, from('203.0.113.8')), 'no proxy of ours says so').toBe(503);
  },
);

check(
  'Who asks for sessions and tickets too fast is answered with 429 and a wait',
  {
    rfc: '6585 §4',
    hint: [
      'Signing is work, and a ticket used is a key in the store. Who counts, before there is a connection?',
      'createHttpHandler asks signInWait: take from a RateLimiter with options.signInRate, by addressKey of the client’s address.',
    ],
  },
  async () => {
    const signInRate = { perSecond: 0.01, burst: 3 };
    const { host } = await startNode({ signInRate, trustedProxies: ['127.0.0.1'] });
    const ask = (path: string, address: string, session = '') =>
      post(`http://${host}${path}`, path === '/session' ? { name: 'Ada' } : undefined, {
        'X-Forwarded-For': address,
        Authorization: `Bearer ${session}`,
      });
    const first = await ask('/session', '2001:db8::1');
    expect(first.status, 'a session').toBe(200);
    const { session } = (await first.json()) as { session: string };
    expect((await ask('/ticket', '2001:db8::1', session)).status, 'a ticket').toBe(200);
    expect((await ask('/ticket', '2001:db8::2', session)).status, 'the third of three').toBe(200);
    const refused = await ask('/ticket', '2001:db8::3', session);
    expect(refused.status, 'the fourth of three, from the same /64').toBe(429);
    expect(Number(refused.headers.get('Retry-After')), 'Retry-After, in seconds').toBeGreaterThan(10);
  },
);

check(
  'Behind a proxy of ours who signs in too fast does not keep others out',
  {
    rfc: '7239 §8.1',
    hint: [
      'All clients of a proxy have its address. Whose is the bucket?',
      'Take by the address that clientAddress says, as for the caps.',
    ],
  },
  async () => {
    const signInRate = { perSecond: 0.01, burst: 1 };
    const { host } = await startNode({ signInRate, trustedProxies: ['127.0.0.1'] });
    for (const address of ['203.0.113.7', '203.0.113.8']) {
      const { status } = await post(
        `http://${host}/session`,
        { name: 'Ada' },
        { 'X-Forwarded-For': address },
      );
      expect(status, `the first session for ${address}`).toBe(200);
    }
  },
);

check(
  'A good ticket is answered with welcome: who you are, how often is pinged, what the limits are',
  {
    rfc: 'chat.v1 §server',
    hint: [
      'What must a client know before it begins?',
      'The user of the ticket, heartbeatMs, and the limits of lab 10 and 16.',
    ],
  },
  async () => {
    const { host } = await startNode({ heartbeatMs: 12_345 });
    const { session, user } = await signIn(host, 'Ada');
    const guest = await Guest.connect(host);
    guest.send({ type: 'auth', ticket: await getTicket(host, session) });
    const { heartbeatMs, limits, ...welcome } = await guest.next('welcome');
    expect(welcome).toEqual({ type: 'welcome', user });
    expect(heartbeatMs).toBe(12_345);
    expect(limits).toMatchObject({
      maxContentLength: 4_000,
      messagesPerSecond: guardLimits.messages.perSecond,
      messageBurst: guardLimits.messages.burst,
    });
  },
);

check(
  'Before auth everything is refused with unauthenticated, and the connection stays',
  {
    rfc: 'chat.v1 §client',
    hint: [
      'What does a stranger learn from "no such room"?',
      'One answer to all that is not a good auth, unreadable messages included. The deadline goes on.',
    ],
  },
  async () => {
    const { host } = await startNode();
    const guest = await Guest.connect(host);
    const ping = '{"type":"ping"}';
    for (const text of [
      '{"type":"join","room":"lobby"}',
      ping,
      'nonsense',
      '{"type":"shout"}',
      '{"type":"auth"}',
    ]) {
      guest.socket.send(text);
      expect(await guest.next('error'), text).toMatchObject({ code: 'unauthenticated' });
    }
    guest.socket.send(Buffer.from(ping));
    expect(await guest.next('error'), 'a binary message').toMatchObject({ code: 'unauthenticated' });
    guest.send({ type: 'auth', ticket: 'made up' });
    expect(await guest.next('error'), 'a ticket of nobody').toMatchObject({ code: 'unauthenticated' });
    guest.send({ type: 'auth', ticket: await getTicket(host, (await signIn(host, 'Ada')).session) });
    await guest.next('welcome');
  },
);

check(
  'A connection that shows no good ticket in time is closed with 1008',
  {
    rfc: '6455 §7.4.1',
    hint: [
      'Who may sit there for ever, and say nothing?',
      'Each connection gets an Admission; its deadline runs from the handshake.',
    ],
  },
  async () => {
    const { host } = await startNode({ authDeadlineMs: 60 });
    const [silent, wrong] = [await Guest.connect(host), await Guest.connect(host)];
    wrong.send({ type: 'auth', ticket: 'made up' });
    await silent.expectClosed(1008, 'it sent nothing');
    await wrong.expectClosed(1008, 'its ticket was not good');
  },
);

check(
  'A ticket is good once, for all nodes together',
  {
    rfc: 'chat.v1 §session',
    hint: [
      'Who remembers that a ticket was used?',
      'The backplane is the Claims of your Authority: all nodes ask the same one.',
    ],
  },
  async () => {
    const [one, two] = await startTwo();
    const ticket = await getTicket(one, (await signIn(one, 'Ada')).session);
    const [first, second] = [await Guest.connect(two), await Guest.connect(one)];
    first.send({ type: 'auth', ticket });
    await first.next('welcome');
    second.send({ type: 'auth', ticket });
    expect(await second.next('error')).toMatchObject({ code: 'unauthenticated' });
  },
);

check(
  'Signing out closes the connections of that sign-in with 1008, on every node, and no others',
  {
    rfc: '6455 §7.4.1',
    hint: [
      'DELETE /session comes to one node. Where are the connections?',
      'Tell the backplane; it tells every node; each node tells all its connections, and Admission knows whose it is.',
    ],
  },
  async () => {
    const [one, two] = await startTwo();
    const { session } = await signIn(one, 'Ada');
    const [here, there] = [await Guest.join(one, 'Ada', session), await Guest.join(two, 'Ada', session)];
    const other = await Guest.join(two, 'Ben');
    await signOut(one, session);
    await here.expectClosed(1008, 'its user has signed out on this node');
    await there.expectClosed(1008, 'its user has signed out on another node');
    expect(await other.settled(), 'what another user was told').toEqual([]);
  },
);

check(
  'A connection ends with 1008 when its session does',
  {
    rfc: '6455 §7.4.1',
    hint: [
      'A session lasts for 12 hours, a connection for days. Which of them ends the other?',
      'Admission closes it, if you give it close.',
    ],
  },
  async () => {
    const backplane = new TestBackplane();
    const { host } = await startNode({ secret: 'shared', backplane });
    // Tokens end at whole seconds: this one in 0.3 to 1.3 s.
    const sessionMs = 300;
    const authority = new Authority({ secret: signingKey('shared'), claims: backplane, sessionMs });
    const guest = await Guest.join(host, 'Ada', await authority.createSession({ id: 'u1', name: 'Ada' }));
    await guest.expectClosed(1008, 'its session has ended', 4_000);
  },
);

check(
  'What one connection sends is carried out in that order, one after the other',
  {
    rfc: 'chat.v1 §client',
    hint: [
      'auth, join and chat come in one packet. What does chat find if join still waits for the store?',
      'A promise a connection: each message waits for the one before it.',
    ],
  },
  async () => {
    const { host } = await startNode();
    const ticket = await getTicket(host, (await signIn(host, 'Ada')).session);
    const guest = await Guest.connect(host);
    guest.sendAll(
      { type: 'auth', ticket },
      { type: 'join', room },
      said('m1'),
      said('m2'),
      said('m3'),
      { type: 'leave', room },
      said('m4'),
    );
    const got = (await guest.settled()).filter(({ type }) => type !== 'chat');
    const short = got.map((message) => `${message.type} ${'id' in message ? message.id : ''}`.trim());
    expect(short).toEqual(['welcome', 'joined', 'ack m1', 'ack m2', 'ack m3', 'error m4']);
  },
);

check(
  'A message is acknowledged once it is stored, and not before',
  {
    rfc: 'chat.v1 §acks',
    hint: [
      'What does the sender believe who has an ack?',
      'Await append, then send the ack with its number.',
    ],
  },
  async () => {
    const backplane = new TestBackplane();
    const { host } = await startNode({ backplane });
    const guest = await Guest.enter(host, 'Ada', room);
    const append = backplane.hold('append', 'before');
    guest.send(said('m1'));
    await within('a call of append', append.asked);
    const early = (await guest.soFar()).filter(({ type }) => type === 'ack');
    expect(early, 'acknowledged while the store still has nothing').toEqual([]);
    append.release();
    expect(await guest.next('ack')).toEqual({ type: 'ack', id: 'm1', room, seq: 1 });
    guest.send(said('m1'));
    expect(await guest.next('ack'), 'a repeat').toEqual({ type: 'ack', id: 'm1', room, seq: 1 });
    expect(await guest.heard(), 'a repeat is told nobody').toEqual([]);
  },
);

check(
  'A message that is sent again counts once among those that were stored',
  {
    rfc: 'chat.v1 §acks',
    hint: [
      'An ack is lost, and the client sends its message again. How many messages has the store?',
      'append says whether the message is new: only then is it for the monitor.',
    ],
  },
  async () => {
    const { host } = await startNode();
    const guest = await Guest.enter(host, 'Ada', room);
    for (const id of ['m1', 'm1', 'm2']) {
      guest.send(said(id));
      await guest.next('ack');
    }
    expect((await scrape(host)).sum('chat_messages_total'), 'stored, of m1, m1 again, and m2').toBe(2);
  },
);

check(
  'What is said reaches everyone in the room, its sender too, in one order',
  {
    rfc: 'chat.v1 §rooms',
    hint: [
      'Two people write at the same time. Who decides which was first?',
      'The store does: send on what it tells you, to the sender as to all.',
    ],
  },
  async () => {
    const { host } = await startNode();
    const [ada, ben] = [await Guest.enter(host, 'Ada', room), await Guest.enter(host, 'Ben', room)];
    const outside = await Guest.join(host, 'Cleo');
    ada.send(said('a'));
    ben.send(said('b'));
    const seqs: number[] = [];
    for (const guest of [ada, ben]) {
      const [first, second] = [await guest.next('chat'), await guest.next('chat')];
      seqs.push(first.seq, second.seq);
      expect([first.content, second.content].sort()).toEqual(['a', 'b']);
    }
    expect(seqs).toEqual([1, 2, 1, 2]);
    expect(await outside.settled(), 'told to someone who is not in the room').toEqual([]);
  },
);

check(
  'What is said while the history is being read is not lost: it follows joined',
  {
    rfc: 'chat.v1 §resume',
    hint: [
      'The history was read, its answer is on its way, and somebody says something. Who tells the newcomer?',
      'Enter the room first, behind a JoinGate (lab 14), then read. The gate holds what is said until joined was sent.',
    ],
  },
  async () => {
    const backplane = new TestBackplane();
    const { host } = await startNode({ backplane });
    const ada = await Guest.enter(host, 'Ada', room);
    const ben = await Guest.join(host, 'Ben');
    const read = backplane.hold('read', 'after');
    ben.send({ type: 'join', room });
    await within('a call of read', read.asked);
    ada.sendAll(said('m1'), said('m2'));
    await ada.next('ack');
    await ada.next('ack');
    const early = (await ben.soFar()).filter(({ type }) => type === 'chat');
    expect(early, 'sent before joined, which a client drops').toEqual([]);
    read.release();
    expect(await ben.next('joined')).toMatchObject({ seq: 0, messages: [] });
    expect(await ben.heard()).toEqual(['m1', 'm2']);
  },
);

check(
  'What the history contains is not sent a second time',
  {
    rfc: 'chat.v1 §resume',
    hint: [
      'The history was read late, and has what the gate holds.',
      'joined opens the gate at its seq: what is not newer is dropped.',
    ],
  },
  async () => {
    const backplane = new TestBackplane();
    const { host } = await startNode({ backplane });
    const ada = await Guest.enter(host, 'Ada', room);
    const ben = await Guest.join(host, 'Ben');
    const read = backplane.hold('read', 'before');
    ben.send({ type: 'join', room });
    await within('a call of read', read.asked);
    ada.sendAll(said('m1'), said('m2'));
    await ada.next('ack');
    await ada.next('ack');
    read.release();
    const { messages } = await ben.next('joined');
    expect(messages.map(({ id }) => id)).toEqual(['m1', 'm2']);
    ada.send(said('m3'));
    await ada.next('ack');
    expect(await ben.heard()).toEqual(['m3']);
  },
);

check(
  'Who comes back with a position gets exactly what was missed',
  {
    rfc: 'chat.v1 §resume',
    hint: [
      'What does join bring besides the room?',
      'Hand since on to the backplane, and its answer on to the client.',
    ],
  },
  async () => {
    const { host } = await startNode();
    const ada = await Guest.join(host, 'Ada');
    const { epoch } = await ada.enter(room);
    ada.sendAll(said('m1'), said('m2'), said('m3'));
    await ada.settled();
    const ben = await Guest.join(host, 'Ben');
    const missed = await ben.enter(room, { epoch, seq: 1 });
    expect(missed).toMatchObject({ recovered: true, epoch, seq: 3 });
    expect(missed.messages.map(({ id }) => id)).toEqual(['m2', 'm3']);
    expect(missed.members).toHaveLength(2);
    expect(await ben.enter(room, { epoch: 'another', seq: 1 })).toMatchObject({ recovered: false });
  },
);

check(
  'When the store has lost its thread, everyone in the room gets joined anew, and then what follows it',
  {
    rfc: 'chat.v1 §resume',
    hint: [
      'reset: the numbering began anew. What does a client do with a number it does not expect?',
      'As if all had joined again: shut their gates, ask who is there, send joined, which opens them.',
    ],
  },
  async () => {
    const backplane = new TestBackplane();
    const { host } = await startNode({ backplane });
    const ada = await Guest.enter(host, 'Ada', room);
    const outside = await Guest.enter(host, 'Ben', 'kitchen');
    const members = backplane.hold('membersOf', 'before');
    const message = (seq: number) =>
      ({
        type: 'chat',
        room,
        seq,
        id: `n${seq}`,
        from: ada.user,
        content: `n${seq}`,
        at: Date.now(),
      }) as const;
    const history = { epoch: 'new', seq: 1, recovered: false, messages: [message(1)] };
    backplane.listener?.reset(room, history);
    backplane.listener?.message(message(2));
    members.release();
    const got = (await ada.settled()).map((sent) => (sent.type === 'chat' ? sent.id : sent.type));
    expect(got).toEqual(['joined', 'n2']);
    expect(await outside.settled(), 'told to someone in another room').toEqual([]);
  },
);

check(
  'Every message is authorised: who has left a room may not speak in it, and hears nothing of it',
  {
    rfc: 'chat.v1 §errors',
    hint: ['Is it enough to look once, at join?', 'Ask authorize for every message, with what is true now.'],
  },
  async () => {
    const { host } = await startNode();
    const [ada, ben] = [await Guest.enter(host, 'Ada', room), await Guest.enter(host, 'Ben', room)];
    ada.send({ type: 'leave', room });
    expect(await ben.next('presence')).toMatchObject({ user: ada.user, event: 'left' });
    ada.send(said('m1'));
    expect(await ada.next('error')).toMatchObject({ code: 'not_in_room', id: 'm1' });
    ada.send({ type: 'leave', room });
    expect(await ada.next('error'), 'leave, twice').toMatchObject({ code: 'not_in_room' });
    ada.send({ type: 'auth', ticket: await getTicket(host, (await signIn(host, 'Eve')).session) });
    expect(await ada.next('error'), 'auth, twice').toMatchObject({ code: 'bad_message' });
    ben.send(said('m2'));
    await ben.next('ack');
    expect(await ada.settled(), 'heard in a room that was left').toEqual([]);
    expect((await ada.enter(room)).members, 'after coming back').toHaveLength(2);
  },
);

check(
  'What is no message is answered with an error, and neither the connection nor the server ends',
  {
    rfc: 'chat.v1 §errors',
    hint: [
      'Who catches what parseClientMessage throws?',
      'A Refusal has its reply in it. Send that, and go on. Listen for error on every connection.',
    ],
  },
  async () => {
    const { host } = await startNode();
    const guest = await Guest.enter(host, 'Ada', room);
    const bad = [
      '',
      'null',
      '[]',
      '{}',
      '{"type":"shout"}',
      '{"type":"__proto__"}',
      '{"type":"join","room":7}',
    ];
    for (const text of bad) {
      guest.socket.send(text);
      expect(await guest.next('error'), text).toMatchObject({ code: 'bad_message' });
    }
    guest.socket.send('{"type":"chat","id":"m1","room":"lobby","content":""}');
    expect(await guest.next('error')).toMatchObject({ code: 'bad_message', id: 'm1' });
    guest.socket.send('x'.repeat(40_000));
    expect(await guest.next('error')).toMatchObject({ code: 'too_large' });
    // A frame that is none: its connection ends, and nothing else.
    const broken = await Guest.join(host, 'Ben');
    (broken.socket as unknown as { _socket: { write(bytes: Buffer): void } })._socket.write(
      Buffer.from('83800000000000', 'hex'),
    );
    await broken.expectClosed(1002, 'its frame has a reserved opcode');
    guest.send(said('m2'));
    expect(await guest.next('ack')).toMatchObject({ id: 'm2' });
  },
);

check(
  'Two nodes of one store are one chat: messages, presence and directs',
  {
    rfc: 'chat.v1 §rooms',
    hint: [
      'Whom does your hub reach?',
      'The hub delivers on this node. All that others must know goes through the backplane, and comes back by its listener.',
    ],
  },
  async () => {
    const [one, two] = await startTwo();
    const ada = await Guest.enter(one, 'Ada', room);
    const { session } = await signIn(two, 'Ben');
    const ben = await Guest.join(two, 'Ben', session);
    expect((await ben.enter(room)).members.map(({ name }) => name).sort()).toEqual(['Ada', 'Ben']);
    const [joined] = await ada.settled();
    expect(joined, 'what Ada hears of Ben').toMatchObject({
      type: 'presence',
      user: ben.user,
      event: 'joined',
    });
    // A second tab of Ben's, on Ada's node, is no second Ben.
    const tab = await Guest.join(one, 'Ben', session);
    expect((await tab.enter(room)).members).toHaveLength(2);

    ada.send(said('m1'));
    expect(await ben.next('chat')).toMatchObject({ seq: 1, from: ada.user, content: 'm1' });
    ben.send(said('m2'));
    expect(await ada.next('chat')).toMatchObject({ seq: 1 });
    expect(await ada.next('chat')).toMatchObject({ seq: 2, from: ben.user });

    ada.send({ type: 'direct', id: 'd1', to: ben.user.id, content: 'psst' });
    expect(await ada.next('ack')).toEqual({ type: 'ack', id: 'd1' });
    for (const each of [ben, tab]) {
      expect(await each.next('direct')).toMatchObject({ id: 'd1', from: ada.user, content: 'psst' });
    }
    ada.send({ type: 'direct', id: 'd2', to: 'nobody', content: 'psst' });
    expect(await ada.next('error')).toMatchObject({ code: 'unknown_user', id: 'd2' });

    tab.socket.close();
    ben.socket.terminate();
    expect(await ada.next('presence')).toMatchObject({ user: ben.user, event: 'left' });
    expect(await ada.settled(), 'presence is told once').toEqual([]);
  },
);

check(
  'While the store is away a message is refused with rate_limited and a wait, and can be sent again',
  {
    rfc: 'chat.v1 §errors',
    hint: [
      'append rejects with Unavailable. What may you promise the sender, and what not?',
      'An error with the id of the message and retryAfterMs: the client sends it again under the same id.',
    ],
  },
  async () => {
    const backplane = new TestBackplane();
    const { host } = await startNode({ backplane });
    const [ada, ben] = [await Guest.enter(host, 'Ada', room), await Guest.join(host, 'Ben')];
    backplane.isAway = true;
    expect(await health(host)).toEqual({ code: 200, status: 'degraded' });
    const direct = { type: 'direct', id: 'd1', to: ben.user.id, content: 'psst' } as const;
    ada.sendAll(said('m1'), direct);
    for (const id of ['m1', 'd1']) {
      const error = await ada.next('error');
      expect(error).toMatchObject({ code: 'rate_limited', id, retryAfterMs: 70 });
    }
    backplane.isAway = false;
    ada.sendAll(said('m1'), direct);
    expect(await ada.next('ack')).toMatchObject({ id: 'm1', seq: 1 });
    expect(await ada.next('ack')).toMatchObject({ id: 'd1' });
    expect(await health(host)).toEqual({ code: 200, status: 'ok' });
  },
);

check(
  'While the store is away a join or an auth ends the connection with 1013',
  {
    rfc: 'chat.v1 §closing',
    hint: [
      'A join has no id. How does the client learn that nothing came of it?',
      'Close with 1013, try again later: the client comes back, authenticates and joins anew.',
    ],
  },
  async () => {
    const backplane = new TestBackplane();
    const { host } = await startNode({ backplane });
    const ada = await Guest.join(host, 'Ada');
    const ben = await Guest.connect(host);
    const ticket = await getTicket(host, (await signIn(host, 'Ben')).session);
    backplane.isAway = true;
    ada.send({ type: 'join', room });
    await ada.expectClosed(1013, 'the store could not be asked for the room');
    ben.send({ type: 'auth', ticket });
    await ben.expectClosed(1013, 'the store could not be asked for the ticket');
  },
);

check(
  'What the store has rejected is not taken back: another tab of the user stays where it is',
  {
    rfc: 'chat.v1 §rooms',
    hint: [
      "The backplane counts a user's connections. What does a leave do that no enter came before?",
      'Leave the rooms that were entered, and depart if it has arrived. What rejects has not happened.',
    ],
  },
  async () => {
    const backplane = new TestBackplane();
    const { host } = await startNode({ backplane });
    const { session } = await signIn(host, 'Ada');
    const first = await Guest.join(host, 'Ada', session);
    await first.enter(room);
    const ben = await Guest.enter(host, 'Ben', room);
    const second = await Guest.join(host, 'Ada', session);
    backplane.refuses.add('enter');
    second.send({ type: 'join', room });
    await second.expectClosed(1013, 'the store refused the join');
    backplane.refuses.delete('enter');

    const third = await Guest.connect(host);
    backplane.refuses.add('arrive');
    third.send({ type: 'auth', ticket: await getTicket(host, session) });
    await third.expectClosed(1013, 'the store refused the arrival');
    backplane.refuses.clear();
    await untilMetric(host, 'chat_connections', 2);

    ben.send({ type: 'direct', id: 'd1', to: first.user.id, content: 'still there?' });
    expect(await ben.next('ack')).toMatchObject({ id: 'd1' });
    expect(await backplane.membersOf(room), 'who is in the room').toHaveLength(2);
    expect(await first.next('direct')).toMatchObject({ content: 'still there?' });
  },
);

check(
  'Who sends too fast is refused with rate_limited, message by message, and nobody else notices',
  {
    rfc: 'chat.v1 §limits',
    hint: [
      'What does the Guard of lab 16 say, and whom do you ask before a message is carried out?',
      'refuse: an error with the id and retryAfterMs. close: close it so. Count by user as well, once you know who it is.',
    ],
  },
  async () => {
    const { host } = await startNode();
    const { session } = await signIn(host, 'Ada');
    const [ada, ben] = [await Guest.join(host, 'Ada', session), await Guest.enter(host, 'Ben', room)];
    await ada.enter(room);
    await ben.settled();
    const { burst } = guardLimits.messages;
    const ids = Array.from({ length: burst + 50 }, (_, n) => `m${n}`);
    ada.sendAll(...ids.map((id) => said(id)));
    const answers = new Map<string, ServerMessage>();
    while (answers.size < ids.length) {
      const message = ada.received.shift();
      if (!message) await ada.soFar();
      else if (message.type === 'ack' || message.type === 'error') answers.set(message.id ?? '', message);
    }
    const errors = [...answers.values()].filter(
      (answer): answer is MessageOf<ServerMessage, 'error'> => answer.type === 'error',
    );
    expect([...answers.keys()].sort(), 'each message has one answer').toEqual([...ids].sort());
    expect(errors.length, 'messages refused').toBeGreaterThan(0);
    for (const error of errors) {
      expect(error).toMatchObject({ code: 'rate_limited', retryAfterMs: expect.any(Number) });
    }
    ben.send(said('b1'));
    expect(await ben.next('ack')).toMatchObject({ id: 'b1' });
  },
);

check(
  'A flood of pings is closed with 1008',
  {
    rfc: '6455 §5.5.2',
    hint: ['Lab 06 answers pings. Who counts them?', 'Ask guard.control() on ping and on pong.'],
  },
  async () => {
    const { host } = await startNode();
    const guest = await Guest.connect(host);
    for (let n = 0; n <= guardLimits.control.burst + 50; n++) guest.socket.ping();
    await guest.expectClosed(1008, 'it sent more pings than a client needs', 1_700);
  },
);

check(
  'A reader that is too slow is closed with 1013, and the others go on',
  {
    rfc: 'chat.v1 §closing',
    hint: [
      'What waits for a member, and who looks at it?',
      'Send through the hub, and tell it the bufferedAmount of the connection.',
    ],
  },
  async () => {
    const { host } = await startNode({ engine: engineWithFullQueues(await loadEngine('labs')) });
    const fast = await Guest.enter(host, 'Ada', room);
    const slow = await Guest.enter(host, 'Ben', room);
    slow.send({ type: 'chat', id: 'full', room, content: 'From now on nothing leaves.' });
    await fast.next('chat');
    slow.socket.ping(fullQueue);
    await once(slow.socket, 'pong');
    fast.send(said('m1'));
    await slow.expectClosed(1013, 'more than hubLimits.maxBufferedAmount waits for it');
    fast.send(said('m2'));
    expect(await fast.next('ack')).toMatchObject({ id: 'm1' });
    expect(await fast.next('ack')).toMatchObject({ id: 'm2' });
  },
);

check(
  'A peer that answers no ping is cut, one that does is kept',
  {
    rfc: '6455 §5.5.2',
    hint: [
      'Who says that a peer lives?',
      'One Heartbeat for all connections; a pong, a ping and a message are signs of life.',
    ],
  },
  async () => {
    const { host } = await startNode({ heartbeatMs: 100 });
    const alive = await Guest.join(host, 'Ada');
    const dead = await Guest.connect(host, { autoPong: false });
    await dead.expectClosed(1006, 'it answered no ping');
    await within('a ping', once(alive.socket, 'ping'));
    expect(await alive.settled()).toEqual([]);
  },
);

check(
  'A server that stops tells everyone when to come back, closes with 1012, and ends',
  {
    rfc: 'chat.v1 §closing',
    hint: [
      'All clients of a server that stops come back. When?',
      'drain (lab 18) tells them, in batches, and closes them. Then the listener, the backplane and the timers end.',
    ],
  },
  async () => {
    const backplane = new TestBackplane();
    const drain = { spreadMs: 100, batches: 2, deadlineMs: 10_000 };
    const node = await startNode({ drain, backplane });
    const guests = [await Guest.join(node.host, 'Ada'), await Guest.join(node.host, 'Ben')];
    const closing = node.close();
    for (const guest of guests) {
      expect((await guest.next('drain')).reconnectInMs).toBeGreaterThanOrEqual(0);
      await guest.expectClosed(1012, 'the server stops');
    }
    await within('the end of close()', closing);
    await expect(fetch(`http://${node.host}/healthz`), 'after close()').rejects.toThrow();
    expect(backplane.isStopped, 'the backplane is stopped').toBe(true);
  },
);

/** A node that stops, and waits for one client that does not read; `leave` lets it go. */
async function startStopping(): Promise<{ host: string; leave(): Promise<void> }> {
  const node = await startNode({ drain: { spreadMs: 0, batches: 1, deadlineMs: 10_000 } });
  const [ada, stuck] = [await Guest.join(node.host, 'Ada'), await Guest.join(node.host, 'Ben')];
  stuck.socket.pause();
  const closing = node.close();
  await within('the end of the first connection', ada.closed);
  return {
    host: node.host,
    async leave() {
      stuck.socket.resume();
      await within('the end of close()', closing);
    },
  };
}

check(
  'While it stops, /healthz says so with 503',
  {
    rfc: '9110 §15.6.4',
    hint: [
      'How does a balancer learn that it should send nobody here?',
      'Listen until all are gone: refuse upgrades, drain, and only then close the listener.',
    ],
  },
  async () => {
    const { host, leave } = await startStopping();
    expect(await health(host)).toEqual({ code: 503, status: 'draining' });
    await leave();
  },
);

check(
  'While it stops, it takes nobody new: an upgrade is answered with 503',
  {
    rfc: '9110 §15.6.4',
    hint: [
      'drain goes through those who are there. Who comes meanwhile?',
      'Remember that you are stopping before you drain, and look at it before the handshake.',
    ],
  },
  async () => {
    const { host, leave } = await startStopping();
    expect(await upgradeStatus(host), 'a new WebSocket').toBe(503);
    await leave();
  },
);

check(
  'Whoever does not leave is cut at the deadline, and the server ends',
  {
    rfc: 'chat.v1 §closing',
    hint: [
      'What if nobody answers the Close frame?',
      'drain terminates who is left; then the listener ends every socket.',
    ],
  },
  async () => {
    const node = await startNode({ drain: { spreadMs: 0, batches: 1, deadlineMs: 50 } });
    const stuck = await Guest.join(node.host, 'Ada');
    stuck.socket.pause();
    await within('the end of close()', node.close());
  },
);

check(
  'Nothing is left of those who are gone: no member, no room, no timer',
  {
    rfc: 'chat.v1 §rooms',
    hint: [
      'What did you start or enter for a connection?',
      'At its close: the heartbeat, the deadline, the hub, each room in the backplane, the arrival.',
    ],
  },
  async () => {
    const store = new MemoryStore();
    const { host } = await startNode({ backplane: new MemoryBackplane({ store }) });
    const other = new MemoryBackplane({ store });
    const watcher = await Guest.enter(host, 'Watcher', room);
    const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    const before = timers();
    const strangers = await Promise.all(Array.from({ length: 30 }, () => Guest.connect(host)));
    const people = await Promise.all(
      ['Ada', 'Ben', 'Cleo', 'Dan'].map((name) => Guest.enter(host, name, room)),
    );
    const [first] = people;
    await first.enter('kitchen');
    for (const guest of [...strangers, ...people]) guest.socket.terminate();
    await untilMetric(host, 'chat_connections', 1);
    await untilMetric(host, 'chat_rooms', 1);
    expect(await other.membersOf(room), 'who is in the lobby, for all nodes').toEqual([watcher.user]);
    expect(await other.membersOf('kitchen'), 'who is in the kitchen').toEqual([]);
    const direct = { type: 'direct', id: 'd1', from: watcher.user, content: '?', at: 0 } as const;
    expect(await other.direct(first.user.id, direct), 'whether Ada is still reached').toBe(false);
    expectThat(
      timers() - before < strangers.length / 2,
      `30 connections that never authenticated have gone; ${timers() - before} timers more than before run.`,
    );
  },
);

check(
  'A peer that leaves in the middle of a join is not in the room afterwards',
  {
    rfc: 'chat.v1 §rooms',
    hint: [
      'It is gone, and then the store says that it has entered. Who takes it out?',
      'Departing waits for its turn, behind the join that is under way.',
    ],
  },
  async () => {
    const backplane = new TestBackplane();
    const { host } = await startNode({ backplane });
    for (const method of ['enter', 'read'] as const) {
      const guest = await Guest.join(host, 'Ada');
      const held = backplane.hold(method, 'before');
      guest.send({ type: 'join', room });
      await within(`a call of ${method}`, held.asked);
      guest.socket.terminate();
      await untilMetric(host, 'chat_connections', 0);
      held.release();
      await untilMetric(host, 'chat_rooms', 0);
      expect(await backplane.membersOf(room), `gone while ${method} was under way`).toEqual([]);
    }
  },
);

check(
  'The metrics say what happens: connections, messages, refusals, resumes, close codes',
  {
    rfc: 'chat.v1 §session',
    hint: [
      'Which method of the monitor belongs to which event?',
      'opened, identified, received, sent, refused, closed; stored, delivered, resumed, refusedHandshake.',
    ],
  },
  async () => {
    const { host } = await startNode();
    const ada = await Guest.join(host, 'Ada');
    const { epoch } = await ada.enter(room);
    ada.send(said('m1'));
    await ada.next('ack');
    await ada.enter(room, { epoch, seq: 0 });
    await ada.enter(room, { epoch: 'another', seq: 0 });
    ada.socket.send('nonsense');
    await ada.next('error');
    const gone = await Guest.join(host, 'Ben');
    gone.socket.close(1000);
    await gone.closed;
    await upgradeStatus(host, { Origin: 'http://evil.example' });
    await untilMetric(host, 'chat_connections', 1);
    const scraped = await scrape(host);
    const told = {
      rooms: scraped.sum('chat_rooms'),
      stored: scraped.sum('chat_messages_total'),
      joins: scraped.sum('chat_received_messages_total', { type: 'join' }),
      unreadable: scraped.sum('chat_received_messages_total', { type: 'unreadable' }),
      errors: scraped.sum('chat_errors_total', { code: 'bad_message' }),
      closed: scraped.sum('chat_closes_total', { code: '1000' }),
      hits: scraped.sum('chat_resumes_total', { result: 'hit' }),
      misses: scraped.sum('chat_resumes_total', { result: 'miss' }),
      refused: scraped.sum('chat_handshakes_refused_total', { status: '403' }),
      delivered: scraped.sum('chat_delivery_lag_seconds_count'),
      up: scraped.sum('chat_backplane_up'),
    };
    expect(told).toEqual({
      rooms: 1,
      stored: 1,
      joins: 3,
      unreadable: 1,
      errors: 1,
      closed: 1,
      hits: 1,
      misses: 1,
      refused: 1,
      delivered: 1,
      up: 1,
    });
    // Two welcomes, three joined, an ack, a chat, an error.
    expect(scraped.sum('chat_sent_messages_total'), 'messages sent').toBe(8);
  },
);

check(
  'No token, name or message is in the log',
  {
    rfc: 'chat.v1 §session',
    hint: [
      'Who reads logs, and for how long are they kept?',
      'Give options.log to the monitor. What you log yourself are fields of its list.',
    ],
  },
  async () => {
    const log = new TestLog('debug');
    const node = await startNode({ log: log.log });
    const { session } = await signIn(node.host, 'Rumpelstiltskin');
    const ticket = await getTicket(node.host, session);
    const guest = await Guest.connect(node.host);
    guest.sendAll({ type: 'auth', ticket }, { type: 'join', room: 'secret-room' });
    await guest.next('joined');
    guest.send({ type: 'chat', id: 'm1', room: 'secret-room', content: 'secret-content' });
    guest.socket.send('{"type":"secret-type"}');
    await guest.next('error');
    await signOut(node.host, session);
    await guest.closed;
    await node.close();
    const closed = log.lines.find(({ msg }) => msg === 'closed');
    expect(closed, 'the line of a connection that was closed').toMatchObject({ code: 1008 });
    for (const secret of [
      session,
      ticket,
      'Rumpelstiltskin',
      'secret-room',
      'secret-content',
      'secret-type',
    ]) {
      expectThat(!log.text.includes(secret), `The log has ${JSON.stringify(secret)} in it.`);
    }
  },
);

check(
  'What was received before the client closed is carried out',
  {
    rfc: '6455 §5.5.1',
    stretch: true,
    hint: [
      'A client sends its last message and closes. Your store is slow. What becomes of the message?',
      'Let those that wait have their turn; departing comes after them.',
    ],
  },
  async () => {
    const backplane = new TestBackplane();
    const { host } = await startNode({ backplane });
    const [ada, ben] = [await Guest.enter(host, 'Ada', room), await Guest.enter(host, 'Ben', room)];
    const append = backplane.hold('append', 'before');
    ada.sendAll(said('m1'), said('m2'));
    ada.socket.close(1000);
    await ada.closed;
    await untilMetric(host, 'chat_connections', 1);
    append.release();
    expect(await ben.next('chat')).toMatchObject({ content: 'm1' });
    expect(await ben.next('chat')).toMatchObject({ content: 'm2' });
    expect(await ben.next('presence')).toMatchObject({ user: ada.user, event: 'left' });
  },
);

check(
  'What waits when its sender is signed out is not carried out',
  {
    rfc: 'chat.v1 §errors',
    stretch: true,
    hint: [
      'Two messages wait for the store, and their sender is signed out. Whose messages are they?',
      'Ask who is admitted when a message has its turn, not when it came.',
    ],
  },
  async () => {
    const backplane = new TestBackplane();
    const { host } = await startNode({ backplane });
    const { session } = await signIn(host, 'Ada');
    const ada = await Guest.join(host, 'Ada', session);
    await ada.enter(room);
    const append = backplane.hold('append', 'after');
    ada.sendAll(said('m1'), said('m2'));
    await within('a call of append', append.asked);
    await ada.soFar();
    await signOut(host, session);
    await ada.expectClosed(1008, 'its user has signed out');
    append.release();
    await untilMetric(host, 'chat_rooms', 0);
    expect(backplane.stored).toEqual(['m1']);
  },
);

check(
  'A port that is taken leaves nothing running',
  {
    rfc: 'chat.v1 §session',
    stretch: true,
    hint: [
      'listen fails. What was started before it?',
      'Stop the backplane, the monitor and the heartbeat, then throw.',
    ],
  },
  async () => {
    const { host } = await startNode();
    const backplane = new TestBackplane();
    const port = Number(host.split(':')[1]);
    const starting = startChatServer(port, '127.0.0.1', {
      engine: await loadEngine('labs'),
      page: new Map(),
      backplane,
    });
    await expect(starting).rejects.toMatchObject({ code: 'EADDRINUSE' });
    expect(backplane.isStopped, 'the backplane is stopped').toBe(true);
  },
);

/** What a client puts into a ping to say: my queue is full now. */
const fullQueue = 'my queue is full';

/** An engine whose connections say that much waits for them, once they are told so. It is quicker than 14 MB. */
function engineWithFullQueues(engine: Engine): Engine {
  return {
    ...engine,
    accept(request, socket, head, onOpen) {
      engine.accept(request, socket, head, (connection, send) => {
        let isFull = false;
        connection.on('ping', (...told: unknown[]) => {
          isFull ||= String(told[0]) === fullQueue;
        });
        const full = new Proxy(connection, {
          get(target, name) {
            if (name === 'bufferedAmount' && isFull) return hubLimits.maxBufferedAmount + 1;
            const value: unknown = Reflect.get(target, name, target);
            return typeof value === 'function' ? value.bind(target) : value;
          },
        });
        onOpen(full, send);
      });
    },
  };
}
