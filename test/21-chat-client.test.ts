import fc from 'fast-check';
import { expect } from 'vitest';
import type { ServerMessage } from '#labs/10-protocol';
import { ada, ChatPage, TabStore } from './support/chat-page.ts';
import { type Link, settle, TestServer } from './support/chat-server.ts';
import { check } from './support/check.ts';
import { expectThat } from './support/expect-that.ts';

const ben = { id: 'id of Ben', name: 'Ben' };

/** The joins of a connection, in order. */
const joinsOf = ({ sent }: Link) => sent.filter(({ type }) => type === 'join');
/** The messages of a connection to rooms and people, in order. */
const postsOf = ({ sent }: Link) => sent.filter(({ type }) => type === 'chat' || type === 'direct');

check(
  'Nothing connects before tryNow; then the ticket is the first message',
  {
    rfc: 'chat.v1 §client',
    hint: [
      'What has to come before the socket, and what is sent through it first?',
      'getTicket, then the WebSocket with the subprotocol chat.v1, then auth on its open event.',
    ],
  },
  async () => {
    const server = new TestServer();
    const page = new ChatPage(server);
    await server.pass(60_000);
    expect([server.links.length, page.state], 'connections and state before tryNow').toEqual([0, 'closed']);
    page.client.tryNow();
    expect(page.state, 'the state after tryNow').toBe('connecting');
    await settle();
    expect([server.link.url, server.link.protocol], 'address and subprotocol').toEqual([
      'ws://chat.test/chat',
      'chat.v1',
    ]);
    expect(server.link.sent, 'what the client has sent').toEqual([{ type: 'auth', ticket: 'ticket 1' }]);
    page.client.tryNow();
    await settle();
    expect(server.links.length, 'connections, after tryNow while there is one').toBe(1);
  },
);

check(
  'It is open when welcome has come, not when the socket is',
  {
    rfc: 'chat.v1 §server',
    hint: [
      'A server that accepts sockets and lets nobody in: what do you show, and when do you try again?',
      'Tell lab 13 `opened` when welcome comes, and the state with it: user and limits are in it.',
    ],
  },
  async () => {
    const server = new TestServer();
    const page = new ChatPage(server);
    server.lets = () => false;
    page.client.tryNow();
    await settle();
    expect(page.state, 'the state, the socket open and auth sent').toBe('connecting');
    await server.pass(8_000);
    expect(page.state, 'the state, 8 s later with no welcome (connectTimeoutMs is 8 s)').toBe('waiting');
    server.lets = () => true;
    await server.pass(2_000);
    expect(page.takeTold('state'), 'the states').toEqual(['connecting', 'waiting', 'connecting', 'open']);
    expect(page.client.state, 'the state').toMatchObject({
      user: ada,
      limits: { maxContentLength: 4_000, messageBurst: 200 },
    });
  },
);

check(
  'Rooms are asked for at welcome, and it is recovering until all have answered',
  {
    rfc: 'chat.v1 §rooms',
    hint: [
      'The connection is back, the history is not. What does a person see meanwhile?',
      'Keep the set of rooms that have not answered: recovering while it has any, then open.',
    ],
  },
  async () => {
    const server = new TestServer();
    server.visit('Ben').say('hello', 'anyone?');
    const page = new ChatPage(server);
    page.client.join('lobby');
    page.client.join('kitchen');
    server.lets = ({ type }) => type !== 'joined';
    page.client.tryNow();
    await settle();
    expect(page.takeTold('state'), 'the states, no room having answered').toEqual([
      'connecting',
      'recovering',
    ]);
    expect(joinsOf(server.link).length, 'joins sent').toBe(2);
    expect(joinsOf(server.link), 'the joins').toEqual(
      expect.arrayContaining([
        { type: 'join', room: 'lobby' },
        { type: 'join', room: 'kitchen' },
      ]),
    );
    server.lets = () => true;
    const answer = { epoch: 'e1', seq: 0, recovered: false, messages: [], members: [] };
    server.link.tell({ type: 'joined', room: 'lobby', ...answer });
    await settle();
    expect(page.takeTold('state'), 'the states, one of two rooms having answered').toEqual([]);
    server.link.tell({ type: 'joined', room: 'kitchen', ...answer });
    await settle();
    expect(page.takeTold('state'), 'the states, both having answered').toEqual(['open']);
  },
);

check(
  'Joined tells the history and the members; live messages follow',
  {
    rfc: 'chat.v1 §rooms',
    hint: [
      'Who decides which messages are shown?',
      'A RoomReader of lab 14 for each room: joined and receive say what to show.',
    ],
  },
  async () => {
    const server = new TestServer();
    const visitor = server.visit('Ben');
    visitor.say('hello', 'anyone?');
    const page = new ChatPage(server);
    const members: unknown[] = [];
    page.client.on('joined', (joined) => members.push(joined.members));
    page.client.tryNow();
    await settle();
    page.client.join('lobby');
    await settle();
    visitor.say('welcome');
    await settle();
    expect(page.takeShown(), 'what is shown').toEqual(['hello', 'anyone?', 'welcome']);
    expect(members, 'the members that `joined` tells').toEqual([[ben, ada]]);
    server.visit('Eve');
    await settle();
    expect(page.takeTold(), 'what is told when someone comes').toEqual(['Eve joined']);
    expect(page.state, 'the state: a room that is entered later changes nothing').toBe('open');
  },
);

check(
  'To join a room twice is to join it once',
  {
    rfc: 'chat.v1 §rooms',
    hint: [
      'Two joins are under way; the second answer says recovered: false. What does lab 14 make of it?',
      'A room you have a reader for is joined already, or will be at welcome: do nothing.',
    ],
  },
  async () => {
    const server = new TestServer();
    server.visit('Ben').say('hello');
    const page = new ChatPage(server);
    page.client.tryNow();
    await settle();
    page.client.join('lobby');
    page.client.join('lobby');
    await settle();
    expect(page.takeShown(), 'what is shown: hello once, and no gap').toEqual(['hello']);
  },
);

check(
  'A message is pending until its ack, then told as sent, once',
  {
    rfc: 'chat.v1 §acks',
    hint: [
      'The socket has taken your message. Who has it?',
      'Only the ack says that it is stored: until then it stays in the outbox of lab 14.',
    ],
  },
  async () => {
    const server = new TestServer();
    const page = await ChatPage.inLobby(server);
    server.lets = ({ type }) => type !== 'ack';
    const id = page.say('hello');
    await settle();
    expect(page.takeTold(), 'what is told before the ack').toEqual(['hello']);
    expect(page.client.pending, 'what waits before the ack').toEqual([
      { type: 'chat', id, room: 'lobby', content: 'hello' },
    ]);
    server.lets = () => true;
    for (let n = 0; n < 2; n++) server.link.tell({ type: 'ack', id, room: 'lobby', seq: 1 });
    await settle();
    expect(page.takeTold(), 'what is told after the same ack twice').toEqual(['sent hello']);
    expect(page.pending, 'what waits after it').toEqual([]);
  },
);

check(
  'What is written without a connection waits for one',
  {
    rfc: 'chat.v1 §resume',
    hint: [
      'Someone writes in a tunnel. Must they notice?',
      'Into the outbox always, onto the wire if there is one; at welcome, the whole outbox.',
    ],
  },
  async () => {
    const server = new TestServer();
    const visitor = server.visit('Ben');
    const page = new ChatPage(server);
    page.directTo(ben, 'psst');
    await settle();
    expect([page.takeTold(), page.pending], 'what is told, and what waits').toEqual([[], ['psst']]);
    page.client.tryNow();
    await settle();
    expect(page.takeTold('sent', 'failed'), 'what became of it').toEqual(['sent psst']);
    expect(visitor.heard.at(-1), 'what Ben gets').toMatchObject({ type: 'direct', content: 'psst' });
  },
);

check(
  'What waits goes out after the joins, in order',
  {
    rfc: 'chat.v1 §resume',
    hint: [
      'Which message comes first on a new connection: join or chat? What does the server say otherwise?',
      'At welcome: every room, then the whole outbox, oldest first.',
    ],
  },
  async () => {
    const server = new TestServer();
    const visitor = server.visit('Ben');
    const page = new ChatPage(server);
    page.client.join('lobby');
    page.say('one');
    page.say('two');
    page.directTo(ben, 'psst');
    page.say('three');
    expect(page.pending, 'what waits').toEqual(['one', 'two', 'psst', 'three']);
    page.client.tryNow();
    await settle();
    expect(server.link.sentTypes.slice(0, 2), 'what was sent first').toEqual(['auth', 'join']);
    expect(postsOf(server.link).length, 'messages sent').toBe(4);
    expect(page.takeTold('sent', 'failed').sort(), 'what became of them').toEqual([
      'sent one',
      'sent psst',
      'sent three',
      'sent two',
    ]);
    expect(visitor.contents, 'what Ben sees in the lobby').toEqual(['one', 'two', 'three']);
  },
);

check(
  'Who posts as soon as the state is told is in the room by then',
  {
    rfc: 'chat.v1 §client',
    hint: [
      'A listener may call chat while you are in the middle of your own work. Which lines are still to come?',
      'Send the joins and the outbox first, then tell the state.',
    ],
  },
  async () => {
    const server = new TestServer();
    const visitor = server.visit('Ben');
    const page = new ChatPage(server);
    page.client.join('lobby');
    page.say('written before');
    const off = page.client.on('state', ({ name }) => {
      if (name !== 'recovering' && name !== 'open') return;
      off();
      page.say('here I am');
    });
    page.client.tryNow();
    await settle();
    expect(page.takeTold('failed', 'refused'), 'what was refused').toEqual([]);
    expect(visitor.contents, 'what Ben sees').toEqual(['written before', 'here I am']);
    expect(server.link.sentTypes, 'what was sent').toEqual(['auth', 'join', 'chat', 'chat']);
  },
);

check(
  'After a loss each room goes on from where it was',
  {
    rfc: 'chat.v1 §resume',
    hint: [
      'How does the server know what you have missed?',
      'join takes since, and the reader has it. The reader outlives the connection.',
    ],
  },
  async () => {
    const server = new TestServer();
    const visitor = server.visit('Ben');
    const page = await ChatPage.inLobby(server);
    visitor.say('one', 'two');
    await settle();
    server.link.cut();
    expect(page.client.state, 'the state after the loss').toEqual({
      name: 'waiting',
      retryAt: server.clock.now() + 2_000,
    });
    visitor.say('three', 'four');
    await server.pass(2_000);
    expect(joinsOf(server.link), 'the join of the second connection').toMatchObject([
      { room: 'lobby', since: { seq: 2 } },
    ]);
    visitor.say('five');
    await settle();
    expect(page.takeTold('state'), 'the states').toEqual(['waiting', 'connecting', 'recovering', 'open']);
    visitor.say('six');
    await settle();
    const again = await ChatPage.inLobby(server);
    expect(again.state, 'the state of another page').toBe('open');
  },
);

check(
  'What was missed is shown once and in order, and no gap',
  {
    rfc: 'chat.v1 §resume',
    hint: [
      'Which of the messages in joined has the page shown already?',
      'Show what the reader gives back, not what came.',
    ],
  },
  async () => {
    const server = new TestServer();
    const visitor = server.visit('Ben');
    const page = await ChatPage.inLobby(server);
    visitor.say('one', 'two');
    await settle();
    server.link.cut();
    visitor.say('three', 'four');
    page.client.tryNow();
    await settle();
    visitor.say('five');
    await settle();
    expect(page.takeShown(), 'what is shown').toEqual(['one', 'two', 'three', 'four', 'five']);
  },
);

check(
  'Where the server has lost its memory, the gap is told',
  {
    rfc: 'chat.v1 §resume',
    hint: [
      'The room counts from 1 again. Can you know what was said in between?',
      'The reader compares epochs and says gap: true. Pass it on.',
    ],
  },
  async () => {
    const server = new TestServer();
    server.visit('Ben').say('one', 'two');
    const page = await ChatPage.inLobby(server);
    server.restart();
    server.visit('Ben').say('after the restart');
    page.client.tryNow();
    await settle();
    expect(page.takeTold('joined'), 'what the room tells').toEqual([
      'joined lobby with a gap',
      'after the restart',
    ]);
  },
);

check(
  'What was shown is not shown again under another number',
  {
    rfc: 'chat.v1 §resume',
    hint: [
      'A server without memory gets a message a second time, from a sender who has heard no ack. Who knows it again?',
      'The reader knows sender and id. Show what it gives back, not what came.',
    ],
  },
  async () => {
    const server = new TestServer();
    const unacknowledged = { type: 'chat', id: 'b1', room: 'lobby', content: 'once' } as const;
    server.visit('Ben').ask(unacknowledged);
    const page = new ChatPage(server);
    page.client.join('lobby');
    page.client.tryNow();
    await settle();
    server.restart();
    server.visit('Ben').ask(unacknowledged);
    page.client.tryNow();
    await settle();
    expect(
      page.takeShown().filter((line) => line === 'once'),
      'how often it is shown',
    ).toEqual(['once']);
  },
);

check(
  'A live message that is missing is asked for',
  {
    rfc: 'chat.v1 §resume',
    hint: [
      'Number 3 comes after number 1, and the connection is well. What do you do?',
      'When the reader says rejoin, send another join from where it is.',
    ],
  },
  async () => {
    const server = new TestServer();
    const visitor = server.visit('Ben');
    const page = await ChatPage.inLobby(server);
    visitor.say('one');
    await settle();
    server.lets = ({ type }) => type !== 'chat';
    visitor.say('two');
    await settle();
    server.lets = () => true;
    visitor.say('three', 'four');
    await settle();
    expect(page.takeShown(), 'what is shown').toEqual(['one', 'two', 'three', 'four']);
    expect(server.links.length, 'connections: this one is well').toBe(1);
    expect(page.takeTold('state'), 'the states').toEqual([]);
  },
);

check(
  'A message whose ack was lost is sent again under its id, and stands in the room once',
  {
    rfc: 'chat.v1 §acks',
    hint: [
      'The server has stored it, and you do not know. How can to send it again be safe?',
      'Keep the message as it was first sent: the server knows sender and id.',
    ],
  },
  async () => {
    const server = new TestServer();
    const visitor = server.visit('Ben');
    const page = await ChatPage.inLobby(server);
    server.lets = ({ type }) => type !== 'ack';
    const id = page.say('pay 10 €');
    await settle();
    server.link.cut();
    server.lets = () => true;
    page.client.tryNow();
    await settle();
    expect(postsOf(server.link), 'what the second connection sends').toMatchObject([{ id }]);
    expect(page.takeTold('sent'), 'told as sent').toEqual(['sent pay 10 €']);
    expect(visitor.contents, 'what Ben sees').toEqual(['pay 10 €']);
    server.link.cut();
    page.client.tryNow();
    await settle();
    expect(postsOf(server.link), 'what the third connection sends').toEqual([]);
  },
);

check(
  'A refused message is told as failed, with the reason, and not sent again',
  {
    rfc: 'chat.v1 §errors',
    hint: [
      'The answer would be the same the next time. What does the outbox do with it?',
      'An error with the id of one of yours: take it out of the outbox and tell failed.',
    ],
  },
  async () => {
    const server = new TestServer();
    const page = await ChatPage.inLobby(server);
    const id = page.directTo(ben, 'are you there?');
    await settle();
    expect(page.takeTold(), 'what is told').toEqual(['failed are you there?: This user is not connected.']);
    expect(page.pending, 'what waits').toEqual([]);
    server.link.cut();
    page.client.tryNow();
    await settle();
    expect(postsOf(server.link), 'what the next connection sends').toEqual([]);
    page.takeTold();
    const visitor = server.visit('Ben');
    await settle();
    expect(page.client.direct(ben.id, 'are you there?', id), 'the id of the second try').toBe(id);
    await settle();
    visitor.direct(ada, 'here');
    await settle();
    expect(page.takeTold('sent', 'failed', 'direct'), 'what is told after the second try').toEqual([
      'sent are you there?',
      'Ben: here',
    ]);
  },
);

check(
  'A message that is too long fails unsent',
  {
    rfc: 'chat.v1 §limits',
    hint: [
      'The server would refuse it. Must it travel first?',
      'Count content as JavaScript does, against messageLimits. It never enters the outbox.',
    ],
  },
  async () => {
    const server = new TestServer();
    const page = await ChatPage.inLobby(server);
    page.say('x'.repeat(4_001));
    page.say('y'.repeat(4_000));
    await settle();
    expect(postsOf(server.link).length, 'messages sent').toBe(1);
    const [failed = 'nothing', ...others] = page.takeTold('failed', 'sent');
    expectThat(failed.startsWith('failed xxx'), `The first thing told is ${failed.slice(0, 40)}…`);
    expect(others, 'told of the one with 4,000 characters').toEqual([`sent ${'y'.repeat(4_000)}`]);
    expect(page.pending, 'what waits').toEqual([]);
  },
);

check(
  'failed is never told before chat has returned the id',
  {
    rfc: 'chat.v1 §client',
    hint: [
      'What can a listener do with an id that nobody knows yet?',
      'queueMicrotask: the answer comes later, as all others do.',
    ],
  },
  async () => {
    const server = new TestServer();
    const page = await ChatPage.inLobby(server);
    page.say('x'.repeat(4_001));
    expect(page.takeTold().length, 'events told before chat returned').toBe(0);
    await settle();
    expect(page.takeTold().length, 'events told after it').toBe(1);
  },
);

check(
  'A message that came too fast is not lost',
  {
    rfc: 'chat.v1 §limits',
    hint: [
      'rate_limited is an error with an id too. Is it the last word?',
      'It is the one error after which the message stays in the outbox.',
    ],
  },
  async () => {
    const server = new TestServer();
    const page = await ChatPage.inLobby(server);
    server.lets = ({ type }) => type !== 'ack';
    const id = page.say('hello');
    await settle();
    page.takeTold();
    server.link.tell({ type: 'error', code: 'rate_limited', message: 'Too fast.', id, retryAfterMs: 3_000 });
    await settle();
    expect(page.pending, 'what waits').toEqual(['hello']);
    expect(page.takeTold(), 'what is told').toEqual([]);
  },
);

check(
  'A message that came too fast is sent again when the server says',
  {
    rfc: 'chat.v1 §limits',
    hint: [
      'How long is it too fast?',
      'After retryAfterMs, by the clock of the options, send it again if it is still there.',
    ],
  },
  async () => {
    const server = new TestServer();
    const page = await ChatPage.inLobby(server);
    server.lets = ({ type }) => type !== 'ack';
    const id = page.say('hello');
    await settle();
    server.lets = () => true;
    page.takeTold();
    server.link.tell({ type: 'error', code: 'rate_limited', message: 'Too fast.', id, retryAfterMs: 3_000 });
    await server.pass(2_900);
    expect(page.pending, 'what waits, 2.9 of 3 s later').toEqual(['hello']);
    expect(page.takeTold(), 'what is told by then').toEqual([]);
    expect(postsOf(server.link).length, 'messages sent by then').toBe(1);
    await server.pass(200);
    expect(postsOf(server.link), 'messages sent after it').toMatchObject([{ id }, { id }]);
    expect(page.takeTold(), 'what is told after it').toEqual(['sent hello']);
  },
);

check(
  'Every connection gets a ticket of its own',
  {
    rfc: 'chat.v1 §client',
    hint: [
      'A ticket works once. What does the second connection send?',
      'Call getTicket at the beginning of each attempt. One that fails is a failed attempt, as 1006.',
    ],
  },
  async () => {
    const server = new TestServer();
    let asked = 0;
    const page = await ChatPage.inLobby(server, {
      getTicket: async () => {
        if (++asked === 2) throw new Error('The server does not answer.');
        return server.issueTicket(ada);
      },
    });
    server.link.cut();
    page.client.tryNow();
    await settle();
    expect(page.state, 'the state, when no ticket is to be had').toBe('waiting');
    expect(server.links.length, 'connections').toBe(1);
    page.client.tryNow();
    await settle();
    expect(server.link.sent[0], 'the first message of the second connection').toEqual({
      type: 'auth',
      ticket: 'ticket 2',
    });
    expect(page.state, 'the state').toBe('open');
  },
);

check(
  'A ticket the server does not take is replaced by a new one',
  {
    rfc: 'chat.v1 §errors',
    hint: [
      'The server keeps the connection after an error, and waits for another auth. Do you?',
      'An error before welcome ends the attempt as a loss would: the next one gets a new ticket.',
    ],
  },
  async () => {
    const server = new TestServer();
    let asked = 0;
    const page = new ChatPage(server, {
      getTicket: async () => (++asked === 1 ? 'too old' : server.issueTicket(ada)),
    });
    page.client.tryNow();
    await settle();
    expect(page.state, 'the state after "unauthenticated"').toBe('waiting');
    expect(server.link.closedWith.length, 'close calls on the socket that is of no use').toBe(1);
    await server.pass(2_000);
    expect([page.state, asked], 'the state after the wait, and tickets asked for').toEqual(['open', 2]);
  },
);

check(
  'A ticket that comes too late opens no socket',
  {
    rfc: 'chat.v1 §client',
    hint: [
      'Lab 13 has given the attempt up while getTicket was under way. What then?',
      'What connect returns has to end the attempt at any point: remember that it was called.',
    ],
  },
  async () => {
    const server = new TestServer();
    const waiting: ((ticket: string) => void)[] = [];
    const page = new ChatPage(server, { getTicket: () => new Promise((resolve) => waiting.push(resolve)) });
    page.client.tryNow();
    await server.pass(8_000);
    expect(page.state, 'the state after connectTimeoutMs').toBe('waiting');
    waiting[0](server.issueTicket(ada));
    await settle();
    expect(server.links.length, 'connections, the ticket having come in the wait').toBe(0);
    page.client.tryNow();
    page.client.close();
    waiting[1](server.issueTicket(ada));
    await settle();
    expect([server.links.length, page.state], 'connections and state after close').toEqual([0, 'closed']);
  },
);

check(
  'A server that has gone silent is asked, then given up',
  {
    rfc: '6455 §5.5.2',
    hint: [
      'No close event comes from a network that is gone. What does?',
      'The Watchdog of lab 12, at the interval of welcome: ping {} when it is quiet; when dead, go on as after 1006.',
    ],
  },
  async () => {
    const server = new TestServer();
    const page = await ChatPage.inLobby(server);
    await server.pass(90_000);
    const pings = () => server.links[0].sentTypes.filter((type) => type === 'ping').length;
    expectThat(pings() >= 4, `In 90 quiet seconds the client sent ${pings()} pings; the interval is 20 s.`);
    expect([page.state, server.links.length], 'state and connections: pongs came').toEqual(['open', 1]);
    server.link.die();
    await server.pass(40_100);
    expect(page.takeTold('state')[0], 'the state within two intervals').toBe('waiting');
    await server.pass(2_000);
    expect([page.state, server.links.length], 'state and connections after the wait').toEqual(['open', 2]);
    expect(server.links[0].closedWith.length, 'close calls on the dead socket').toBe(1);
  },
);

check(
  'What an old socket says is not heard',
  {
    rfc: '6455 §7.1.4',
    hint: [
      'The close event of a dead connection comes minutes late. Whom does it concern?',
      'Keep the connection of the moment, and compare in every listener.',
    ],
  },
  async () => {
    const server = new TestServer();
    const page = await ChatPage.inLobby(server);
    const old = server.link;
    old.die();
    await server.pass(42_100);
    expect(server.links.length, 'connections, the first one having died').toBe(2);
    page.takeTold();
    old.pushLate({ type: 'direct', id: 'd1', from: ben, content: 'from the grave', at: 0 });
    old.pushLate({ type: 'error', code: 'unauthenticated', message: 'Late.' });
    old.endLate(1008);
    await settle();
    expect([page.takeTold(), page.state], 'what is told of it, and the state').toEqual([[], 'open']);
    page.say('still here');
    await settle();
    expect(page.takeTold('sent'), 'told as sent').toEqual(['sent still here']);
  },
);

check(
  'drain says when to come back',
  {
    rfc: 'chat.v1 §server',
    hint: ['The server has spread its clients itself. Who has to know?', 'Lab 13: advise.'],
  },
  async () => {
    const server = new TestServer();
    const page = await ChatPage.inLobby(server);
    server.link.tell({ type: 'drain', reconnectInMs: 700 });
    server.link.closeFromServer(1012, 'The server is restarting.');
    await settle();
    expect(page.client.state, 'the state after drain and 1012').toEqual({
      name: 'waiting',
      retryAt: server.clock.now() + 700,
    });
  },
);

check(
  'Who is refused stays away, and can read why',
  {
    rfc: '6455 §7.4.1',
    hint: [
      'What do code and reason of the close event become?',
      'Hand both to lab 13. The reason of a closed state is for a person: never empty.',
    ],
  },
  async () => {
    const server = new TestServer();
    const page = await ChatPage.inLobby(server);
    server.link.closeFromServer(1008, 'You are not allowed here.');
    await server.pass(120_000);
    expect(page.client.state, 'the state after 1008').toEqual({
      name: 'closed',
      reason: 'You are not allowed here.',
    });
    expect(server.links.length, 'connections two minutes later').toBe(1);
    page.client.tryNow();
    await settle();
    expect(page.state, 'the state after a person asked').toBe('open');
    server.link.closeFromServer(4_001);
    await settle();
    const { state } = page.client;
    expectThat(
      state.name === 'closed' && state.reason !== '',
      'After 4001 with no reason, nothing says why.',
    );
  },
);

check(
  'Without a network it waits for one; a page that is shown again connects at once',
  {
    rfc: 'WHATWG HTML §8.6',
    hint: [
      'The browser tells you offline, online and pageshow. Who knows what to do about them?',
      'Lab 13 has a method for each; its states are yours but for open and closed.',
    ],
  },
  async () => {
    const server = new TestServer();
    const page = await ChatPage.inLobby(server);
    page.client.networkLost();
    expect(page.state, 'the state of a connection that lives on').toBe('open');
    server.link.cut();
    expect(page.client.state, 'the state, when it is lost with the network').toEqual({ name: 'offline' });
    page.client.networkBack();
    expect(page.state, 'the state, when the network is back').toBe('waiting');
    page.client.pageShown();
    await settle();
    expect(page.takeTold('state'), 'the states').toEqual([
      'offline',
      'waiting',
      'connecting',
      'recovering',
      'open',
    ]);
  },
);

check(
  'A room that was left stays left',
  {
    rfc: 'chat.v1 §rooms',
    hint: [
      'What remembers the room, besides the server?',
      'Its reader goes, and with it the join at the next welcome. What is still on its way for it is not shown.',
    ],
  },
  async () => {
    const server = new TestServer();
    const visitor = server.visit('Ben');
    const page = await ChatPage.inLobby(server);
    visitor.say('on its way');
    page.client.leave('lobby');
    await settle();
    expect(server.link.sent.at(-1), 'the last message sent').toEqual({ type: 'leave', room: 'lobby' });
    visitor.say('later');
    await settle();
    expect(page.takeShown(), 'what is shown of a room that was left').toEqual([]);
    server.link.cut();
    page.client.tryNow();
    await settle();
    expect(server.link.sentTypes, 'what the next connection sends').toEqual(['auth']);
    expect(page.state, 'the state: no room is waited for').toBe('open');
  },
);

check(
  'A room that is left or refused is not waited for',
  {
    rfc: 'chat.v1 §errors',
    hint: [
      'It is recovering, and one room will never answer. How does that end?',
      'leave takes the room out of the set. An error without an id may be a refused join: tell refused, wait for none.',
    ],
  },
  async () => {
    const server = new TestServer();
    const page = new ChatPage(server);
    page.client.join('lobby');
    server.lets = ({ type }) => type !== 'joined';
    page.client.tryNow();
    await settle();
    page.client.leave('lobby');
    expect(page.takeTold('state'), 'the states, the room being left').toEqual([
      'connecting',
      'recovering',
      'open',
    ]);
    page.client.join('secret');
    server.link.cut();
    page.client.tryNow();
    await settle();
    expect(page.state, 'the state before the refusal').toBe('recovering');
    server.lets = () => true;
    server.link.tell({ type: 'error', code: 'forbidden', message: 'You are in too many rooms.' });
    await settle();
    expect(page.takeTold('refused'), 'told as refused').toEqual(['You are in too many rooms.']);
    expect(page.state, 'the state after it').toBe('open');
  },
);

check(
  'What it does not understand is ignored',
  {
    rfc: 'chat.v1 §compatibility',
    hint: [
      'The server is newer than you, and sends a kind of message you do not know. Is that an error?',
      'parseServerMessage of lab 10 gives undefined for it, and throws nothing.',
    ],
  },
  async () => {
    const server = new TestServer();
    const visitor = server.visit('Ben');
    const page = await ChatPage.inLobby(server);
    for (const data of ['', 'no JSON', '{"type":"typing","room":"lobby"}', '[]', new ArrayBuffer(4)]) {
      server.link.push(data);
    }
    visitor.say('hello');
    await settle();
    expect([page.takeTold(), page.state], 'what is told, and the state').toEqual([['hello'], 'open']);
  },
);

check(
  'close says that it was meant, and nothing comes back',
  {
    rfc: '6455 §7.4.1',
    hint: [
      'What would the server think of an empty Close frame?',
      'stop of lab 13 calls what connect returned: close the socket with 1000 there, and stop the watchdog.',
    ],
  },
  async () => {
    const server = new TestServer();
    const page = await ChatPage.inLobby(server);
    page.client.close();
    expect(server.link.closedWith, 'how the socket was closed').toEqual([1000]);
    expect(page.client.state, 'the state').toMatchObject({
      name: 'closed',
      reason: expect.stringMatching(/./),
    });
    expect(server.clock.timerCount, 'timers').toBe(0);
    await server.pass(120_000);
    expect([server.links.length, page.state], 'connections and state two minutes later').toEqual([
      1,
      'closed',
    ]);
  },
);

check(
  'close forgets the rooms',
  {
    rfc: 'chat.v1 §rooms',
    hint: ['Someone signs out, and someone else signs in. Where are they?', 'The readers go, all of them.'],
  },
  async () => {
    const server = new TestServer();
    const page = await ChatPage.inLobby(server);
    page.client.close();
    page.client.tryNow();
    await settle();
    expect(server.link.sentTypes, 'what is sent when it connects again').toEqual(['auth']);
    page.takeTold();
    page.client.join('lobby');
    await settle();
    expect(page.takeTold(), 'what is told when the lobby is joined anew').toEqual(['joined lobby']);
  },
);

check(
  'close forgets what waits, in the store too',
  {
    rfc: 'chat.v1 §client',
    hint: [
      'Whose name would stand above the message, when the next one signs in?',
      'clear of lab 14 empties both. Do it before you stop: nobody may be told, and send, in between.',
    ],
  },
  async () => {
    const server = new TestServer();
    const visitor = server.visit('Ben');
    const store = new TabStore();
    const page = await ChatPage.inLobby(server, { outboxStore: store });
    server.link.die();
    page.say('not to be sent');
    page.client.close();
    expect([page.pending, store.load()], 'what waits, in memory and in the store').toEqual([[], []]);
    page.client.join('lobby');
    page.client.tryNow();
    await settle();
    expect(visitor.contents, 'what Ben sees, after it has connected again').toEqual([]);
  },
);

check(
  'What waits outlives the page',
  {
    rfc: 'chat.v1 §resume',
    hint: [
      'A page is reloaded before its message was acknowledged. Where is the message?',
      'Give the outboxStore of the options to the Outbox of lab 14; pending tells what it has loaded.',
    ],
  },
  async () => {
    const server = new TestServer();
    const visitor = server.visit('Ben');
    const store = new TabStore();
    const before = await ChatPage.inLobby(server, { outboxStore: store });
    server.link.die();
    const id = before.say('written before the reload');
    server.link.cut();
    before.client.networkLost();

    const after = new ChatPage(server, { outboxStore: store });
    expect(after.client.pending, 'what waits in the new page').toEqual([
      { type: 'chat', id, room: 'lobby', content: 'written before the reload' },
    ]);
    const sent: string[] = [];
    after.client.on('sent', (sentId) => sent.push(sentId));
    after.client.join('lobby');
    after.client.tryNow();
    await settle();
    expect(sent, 'ids told as sent').toEqual([id]);
    expect(visitor.contents, 'what Ben sees').toEqual(['written before the reload']);
    expect(store.load(), 'what the store has in the end').toEqual([]);
  },
);

check(
  'Whatever happens, each message is shown once and in order',
  {
    rfc: 'chat.v1 §resume',
    stretch: true,
    hint: [
      'The schedule in the failure is the shortest that goes wrong. Play it by hand.',
      'Look for what is sent or shown twice: the outbox, the readers, a socket that is still heard.',
    ],
  },
  async () => {
    const step = fc.constantFrom(
      'Ada posts',
      'Ben posts',
      'cut',
      'dies',
      'acks lost',
      'live lost',
      'try now',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
        const server = new TestServer();
        const visitor = server.visit('Ben');
        const page = await ChatPage.inLobby(server);
        const lost: Record<string, ServerMessage['type']> = { 'acks lost': 'ack', 'live lost': 'chat' };
        let posted = 0;
        for (const what of steps) {
          if (what === 'Ada posts') page.say(`Ada ${++posted}`);
          else if (what === 'Ben posts') visitor.say(`Ben ${++posted}`);
          else if (what === 'cut') server.link.cut();
          else if (what === 'dies') server.link.die();
          else if (what === 'try now') page.client.tryNow();
          else server.lets = ({ type }) => type !== lost[what];
          await settle();
          if (what === 'try now') server.lets = () => true;
        }
        server.lets = () => true;
        server.link.cut();
        page.client.tryNow();
        await settle();
        expect(page.pending, 'what waits in the end').toEqual([]);
        expect(page.takeShown(), 'what Ada sees, beside what Ben sees').toEqual(visitor.contents);
        page.client.close();
      }),
      { numRuns: 40, seed: 1 },
    );
  },
);
