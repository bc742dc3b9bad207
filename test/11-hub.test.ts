import { expect } from 'vitest';
import { Refusal } from '#labs/10-protocol';
import { check } from './support/check.ts';
import { CountingHub, connected, expectHeard, lobbyOf, said, TestMember } from './support/hub.ts';

const ids = ({ id }: { id: string }) => id;

check(
  'A message to a room reaches everyone in it, its sender included',
  {
    rfc: 'chat.v1 §rooms',
    hint: [
      'The sender has other tabs, and needs the order the others see. Who is left out?',
      'Go through all connections in the room; nobody is left out, and nobody outside gets it.',
    ],
  },
  () => {
    const { hub, members } = lobbyOf(['u1', 'u2', 'u3']);
    const outside = connected(hub, 'u4', 'garden');
    outside.heard();
    expect(hub.broadcast('lobby', said('hello')), 'how many got it').toBe(3);
    expectHeard(members, ['hello']);
    expectHeard([outside], []);
  },
);

check(
  'A message is encoded once, however many it goes to',
  {
    rfc: '6455 §5.1',
    hint: [
      'A thousand members: how often is the same JSON made, and the same frame?',
      'A server’s frames are not masked, so one is right for all: encode before the loop, send the same Buffer.',
    ],
  },
  () => {
    const counting = new CountingHub();
    const { hub } = counting;
    const members = Array.from({ length: 50 }, (_, n) => connected(hub, `u${n}`, 'lobby'));
    for (const member of members) member.heard();
    counting.encoded = 0;
    hub.broadcast('lobby', said('hello'));
    expect(counting.encoded, 'how often 50 members made it encode').toBe(1);
    const [first] = members[0].sent;
    for (const { sent } of members) expect(sent[0] === first, 'the very same bytes for each').toBe(true);
  },
);

check(
  'A room that nobody is in costs nothing: not even encoding',
  {
    rfc: 'chat.v1 §rooms',
    hint: [
      'Who hears a message to an empty room?',
      'Nobody: return 0 before you encode. It is no error, the last one may just have left.',
    ],
  },
  () => {
    const counting = new CountingHub();
    expect(counting.hub.broadcast('nowhere', said('hello', 'nowhere')), 'how many got it').toBe(0);
    expect(counting.hub.direct('nobody', said('psst')), 'how many got a direct message to nobody').toBe(0);
    expect(counting.encoded, 'messages encoded').toBe(0);
  },
);

check(
  'Who leaves hears no more; who stays is told',
  {
    rfc: 'chat.v1 §rooms',
    hint: [
      'Which comes first: taking the member out, or telling the others?',
      'Take them out, then tell those who are left: presence with event "left".',
    ],
  },
  () => {
    const { hub, members } = lobbyOf(['u1', 'u2', 'u3']);
    hub.leave(members[0], 'lobby');
    expect(hub.isIn(members[0], 'lobby'), 'u1 is in the room').toBe(false);
    hub.broadcast('lobby', said('hello'));
    expectHeard([members[0]], []);
    expectHeard(members.slice(1), ['left u1 lobby', 'hello']);
    hub.leave(members[0], 'lobby');
    hub.leave(members[0], 'nowhere');
    expectHeard(members.slice(1), []);
  },
);

check(
  'Who comes is told to the others, not to themselves',
  {
    rfc: 'chat.v1 §rooms',
    hint: [
      'What does a newcomer learn from their own presence?',
      'Nothing: they get the members with the answer to their join. Send presence to all other users.',
    ],
  },
  () => {
    const { hub, members } = lobbyOf(['u1', 'u2']);
    const newcomer = connected(hub, 'u3', 'lobby');
    expectHeard([newcomer], []);
    expectHeard(members, ['joined u3 lobby']);
    hub.join(newcomer, 'lobby');
    expectHeard(members, []);
  },
);

check(
  'A user with two tabs is one person: presence is told for the first and the last',
  {
    rfc: 'chat.v1 §rooms',
    hint: [
      'Ada opens the chat in a second tab, and closes it. Has Ada come, or gone?',
      'Count connections a user in each room; tell when the count leaves 0 or comes back to it.',
    ],
  },
  () => {
    const { hub, members } = lobbyOf(['u1', 'u2']);
    const [first, other] = members;
    const second = connected(hub, 'u1', 'lobby');
    expectHeard([other, first, second], []);
    hub.broadcast('lobby', said('hello'));
    expectHeard([first, second, other], ['hello']);
    hub.leave(first, 'lobby');
    expectHeard([other, second], []);
    hub.disconnect(second);
    expectHeard([other], ['left u1 lobby']);
  },
);

check(
  'Where a backplane knows who came and went, the hub tells only what it is given',
  {
    rfc: 'chat.v1 §rooms',
    hint: [
      'Ada is on another node already, and opens a second tab here. Has she come?',
      'With tellsPresence false, join and leave tell nobody; present tells the others, whoever calls it.',
    ],
  },
  () => {
    const { hub, members } = lobbyOf(['u1', 'u2'], { tellsPresence: false });
    const newcomer = connected(hub, 'u3', 'lobby');
    hub.leave(newcomer, 'lobby');
    expectHeard(members, []);
    hub.present('lobby', members[0].user, 'joined');
    hub.present('lobby', { id: 'u9', name: 'u9' }, 'left');
    hub.present('nowhere', { id: 'u9', name: 'u9' }, 'left');
    expectHeard(members.slice(0, 1), ['left u9 lobby']);
    expectHeard(members.slice(1), ['joined u1 lobby', 'left u9 lobby']);
  },
);

check(
  'A direct message reaches every connection of its user, wherever they are',
  {
    rfc: 'chat.v1 §rooms',
    hint: [
      'Must the two share a room?',
      'Keep the connections of each user apart from the rooms, from connect to disconnect.',
    ],
  },
  () => {
    const { hub, members } = lobbyOf(['u1', 'u2']);
    const tab = connected(hub, 'u2');
    expect(hub.direct('u2', said('psst')), 'how many got it').toBe(2);
    expectHeard([members[1], tab], ['psst']);
    expectHeard([members[0]], []);
    hub.disconnect(tab);
    expect(hub.direct('u2', said('again')), 'how many got the next one').toBe(1);
    expectHeard([tab], []);
  },
);

check(
  'A connection that ends is out of every room, and of the hub',
  {
    rfc: 'chat.v1 §rooms',
    hint: [
      'A socket is gone. In how many places does your hub still know it?',
      'Leave each room as if by leave, then forget the connection; a second disconnect changes nothing.',
    ],
  },
  () => {
    const { hub, members } = lobbyOf(['u1', 'u2']);
    hub.join(members[0], 'garden');
    hub.join(members[1], 'garden');
    for (const member of members) member.heard();
    hub.disconnect(members[0]);
    hub.disconnect(members[0]);
    expect(members[1].heardInShort().sort(), 'what u2 heard').toEqual(['left u1 garden', 'left u1 lobby']);
    expect(hub.memberCount, 'connections').toBe(1);
    expect(hub.direct('u1', said('psst')), 'who gets a direct message to u1').toBe(0);
    hub.join(members[0], 'lobby');
    expect(hub.isIn(members[0], 'lobby'), 'a join after the end').toBe(false);
    expectHeard([members[1]], []);
  },
);

check(
  'Whoever leaves in the middle of a broadcast stops nobody from getting it',
  {
    rfc: 'chat.v1 §rooms',
    hint: [
      'You go through an array by index, and one element is taken out. Which one is skipped?',
      'A Set goes on behind an element that was taken out; of an array, go through a copy.',
    ],
  },
  () => {
    const { hub, members } = lobbyOf(['u1', 'u2', 'u3', 'u4', 'u5']);
    const [u1, u2, u3, u4, u5] = members;
    u1.onSend = () => hub.disconnect(u1);
    u2.onSend = () => hub.disconnect(u1);
    u3.onSend = () => hub.disconnect(u4);
    hub.broadcast('lobby', said('hello'));
    const contents = (member: TestMember) => member.heardInShort().filter((told) => told === 'hello');
    for (const member of [u1, u2, u3, u5])
      expect(contents(member), `what ${member.user.id} got`).toEqual(['hello']);
  },
);

check(
  'A connection whose send throws stops nobody',
  {
    rfc: '6455 §7.4.1',
    hint: [
      'The third of five members has a broken socket. Who gets the message?',
      'Catch what one send throws, and go on with the next.',
    ],
  },
  () => {
    const { hub, members } = lobbyOf(['u1', 'u2', 'u3']);
    members[1].onSend = () => {
      throw new Error('broken');
    };
    expect(() => hub.broadcast('lobby', said('hello')), 'the broadcast').not.toThrow();
    expectHeard([members[0], members[2]], ['hello']);
  },
);

check(
  'A connection whose send throws is closed with 1011',
  {
    rfc: '6455 §7.4.1',
    hint: [
      'A message was lost on it, and nobody knows. What becomes of that connection?',
      'Close it with 1011, an internal error: its client comes back and resumes.',
    ],
  },
  () => {
    const { hub, members } = lobbyOf(['u1', 'u2', 'u3']);
    members[1].onSend = () => {
      throw new Error('broken');
    };
    try {
      hub.broadcast('lobby', said('hello'));
    } catch {
      // Another check is about that.
    }
    expect(
      members.map(({ closedWith }) => closedWith[0]?.[0]),
      'the close codes of the three',
    ).toEqual([undefined, 1011, undefined]);
  },
);

check(
  'Nothing more is sent to who reads too slowly',
  {
    rfc: '6455 §7.4.1',
    hint: [
      'A phone in a tunnel reads nothing, and a busy room goes on. Where are its bytes?',
      'Before each send compare bufferedAmount with maxBufferedAmount; over it, send nothing.',
    ],
  },
  () => {
    const { hub, members } = lobbyOf(['u1', 'u2'], { maxBufferedAmount: 1_000 });
    const [slow, quick] = members;
    slow.bufferedAmount = 1_000;
    hub.broadcast('lobby', said('at the limit'));
    slow.bufferedAmount = 1_001;
    hub.broadcast('lobby', said('over it'));
    expectHeard([slow], ['at the limit']);
    expectHeard([quick], ['at the limit', 'over it']);
  },
);

check(
  'Who reads too slowly is closed with 1013, and may come back',
  {
    rfc: '6455 §7.4.1',
    hint: [
      'You dropped a message for them. How will they learn what is missing?',
      'Close with 1013, try again later: the client comes back and resumes from where it was.',
    ],
  },
  () => {
    const { hub, members } = lobbyOf(['u1', 'u2'], { maxBufferedAmount: 1_000 });
    const [slow, quick] = members;
    slow.bufferedAmount = 1_000;
    hub.broadcast('lobby', said('at the limit'));
    expect(slow.closedWith, 'the close of one at the limit').toEqual([]);
    slow.bufferedAmount = 1_001;
    hub.broadcast('lobby', said('over it'));
    expect(slow.closedWith[0]?.[0], 'the close code').toBe(1013);
    expect(slow.closedWith[0]?.[1], 'a reason, which the person may see').not.toBe('');
    expect(quick.closedWith, 'the close of one who reads').toEqual([]);
  },
);

check(
  'The limit counts for direct messages and answers too',
  {
    rfc: '6455 §10.4',
    hint: [
      'A client that only sends pings and never reads: which of your paths fills its queue?',
      'One private method delivers for broadcast, direct and send.',
    ],
  },
  () => {
    const { hub, members } = lobbyOf(['u1', 'u2'], { maxBufferedAmount: 1_000 });
    for (const member of members) member.bufferedAmount = 1_001;
    hub.direct('u1', said('psst'));
    hub.send(members[1], { type: 'pong' });
    expectHeard(members, []);
    for (const { closedWith, user } of members)
      expect(closedWith[0]?.[0], `the close of ${user.id}`).toBe(1013);
  },
);

check(
  'A slow reader who is closed at once may leave in the middle of the broadcast',
  {
    rfc: '6455 §7.4.1',
    hint: [
      'close may call you back before it returns: disconnect comes while you are still in your loop.',
      'Nothing you go through may break when members are taken out of it.',
    ],
  },
  () => {
    const { hub, members } = lobbyOf(['u1', 'u2', 'u3'], { maxBufferedAmount: 1_000 });
    const [, slow] = members;
    slow.bufferedAmount = 5_000;
    slow.onClose = () => hub.disconnect(slow);
    hub.broadcast('lobby', said('hello'));
    for (const member of [members[0], members[2]]) {
      expect(member.heardInShort().sort(), `what ${member.user.id} heard`).toEqual([
        'hello',
        'left u2 lobby',
      ]);
    }
  },
);

check(
  'A member may be in so many rooms and no more',
  {
    rfc: '6455 §10.4',
    hint: [
      'What does a client do to your Map that joins a random room a thousand times a second?',
      'Count the rooms of each member; over maxRoomsPerMember throw a Refusal, forbidden. Joining again is free.',
    ],
  },
  () => {
    const { hub } = new CountingHub({ maxRoomsPerMember: 3 });
    const member = connected(hub, 'u1', 'a', 'b', 'c');
    expectForbidden('a fourth room', () => hub.join(member, 'd'));
    expect(hub.isIn(member, 'd'), 'it is in the fourth').toBe(false);
    expect(hub.roomCount, 'rooms').toBe(3);
    hub.join(member, 'a');
    hub.leave(member, 'a');
    hub.join(member, 'd');
    expect(hub.isIn(member, 'd'), 'it is in the fourth after it left one').toBe(true);
  },
);

check(
  'The server has so many rooms and no more',
  {
    rfc: '6455 §10.4',
    hint: [
      'Many clients, few rooms each: what is the sum?',
      'Only a room that does not exist yet counts: those that have members can still be joined.',
    ],
  },
  () => {
    const { hub } = new CountingHub({ maxRooms: 2 });
    const first = connected(hub, 'u1', 'a', 'b');
    const second = connected(hub, 'u2');
    expectForbidden('a third room', () => hub.join(second, 'c'));
    expect(hub.roomCount, 'rooms').toBe(2);
    hub.leave(first, 'b');
    hub.join(second, 'c');
    expect(hub.isIn(second, 'c'), 'in the third, after one became empty').toBe(true);
  },
);

check(
  'A full server still lets people into the rooms there are',
  {
    rfc: '6455 §10.4',
    hint: [
      'The limit is reached. Someone joins the lobby, which exists. Is that one room more?',
      'Compare with maxRooms only where a room would begin.',
    ],
  },
  () => {
    const { hub } = new CountingHub({ maxRooms: 2 });
    connected(hub, 'u1', 'a', 'b');
    const second = connected(hub, 'u2', 'a');
    expect(hub.isIn(second, 'a'), 'in a room that exists, when the server is full').toBe(true);
  },
);

check(
  'A room is gone with its last member',
  {
    rfc: 'chat.v1 §rooms',
    hint: [
      'Your server runs for a year. How many names of empty rooms does it know?',
      'When a leave empties a room, take it out of the Map. The same for a user without connections.',
    ],
  },
  () => {
    const { hub } = new CountingHub();
    const [a, b] = [connected(hub, 'u1', 'lobby'), connected(hub, 'u2', 'lobby')];
    expect([hub.has('lobby'), hub.roomCount], 'the room, with two members').toEqual([true, 1]);
    hub.leave(a, 'lobby');
    hub.disconnect(b);
    expect([hub.has('lobby'), hub.roomCount], 'the room, after both have gone').toEqual([false, 0]);
    expect(hub.membersOf('lobby'), 'its members').toEqual([]);
  },
);

check(
  'The members of a room are people: each once, with id and name',
  {
    rfc: 'chat.v1 §rooms',
    hint: ['What is in the list: connections or people?', 'One entry a user; make a new list at each call.'],
  },
  () => {
    const { hub } = new CountingHub();
    const ada = new TestMember('u1', 'Ada');
    hub.connect(ada);
    hub.join(ada, 'lobby');
    const members = hub.membersOf('lobby');
    expect(members, 'the members').toEqual([{ id: 'u1', name: 'Ada' }]);
    members.length = 0;
    expect(hub.membersOf('lobby'), 'the members, after someone emptied the list').toHaveLength(1);
    connected(hub, 'u2', 'lobby');
    connected(hub, 'u2', 'lobby');
    expect(hub.membersOf('lobby').map(ids), 'the members, one with two tabs').toEqual(['u1', 'u2']);
  },
);

function expectForbidden(what: string, act: () => void): void {
  let error: unknown;
  try {
    act();
  } catch (thrown) {
    error = thrown;
  }
  if (error !== undefined && !(error instanceof Refusal)) throw error;
  expect(error?.reply.code, `${what}: the refusal’s code`).toBe('forbidden');
}

check(
  'Ten thousand joins and leaves leave nothing behind',
  {
    rfc: 'chat.v1 §rooms',
    hint: [
      'Which of your Maps and Sets is larger afterwards than before?',
      'Every add needs its delete: rooms, users, the rooms of a member.',
    ],
  },
  () => {
    const { hub, members } = lobbyOf(['u1', 'u2'], { maxRoomsPerMember: 2, maxRooms: 2 });
    for (let n = 0; n < 10_000; n++) {
      const [member] = members;
      hub.join(member, `room ${n}`);
      hub.leave(member, `room ${n}`);
    }
    // With caps this small, whatever stayed behind would have been refused long ago.
    for (let n = 0; n < 1_000; n++) {
      const passing = connected(hub, `guest ${n}`, `room ${n}`);
      hub.disconnect(passing);
    }
    expect([hub.roomCount, hub.memberCount], 'rooms and connections').toEqual([1, 2]);
  },
);
