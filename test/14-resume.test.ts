import fc from 'fast-check';
import { expect } from 'vitest';
import type { MessageOf, RoomMessage, ServerMessage } from '#labs/10-protocol';
import { JoinGate, Outbox, type OutgoingMessage, RoomLog, RoomReader } from '#labs/14-resume';
import { check } from './support/check.ts';
import { type Step, World } from './support/resume-world.ts';

const ada = { id: 'u1', name: 'Ada' };
const ben = { id: 'u2', name: 'Ben' };

/** A post of Ada's. */
const post = (id: string, content = id, from = ada) => ({ id, from, content, at: 1_700_000_000_000 });

/** A log with so many messages, m1, m2 and so on. */
function logOf(count: number, options = {}): RoomLog {
  const log = new RoomLog('lobby', { epoch: 'e1', ...options });
  for (let n = 1; n <= count; n++) log.append(post(`m${n}`));
  return log;
}

const idsOf = (messages: readonly { id: string }[]) => messages.map(({ id }) => id);

/** A message as it comes from the server. */
const said = (seq: number, id = `m${seq}`): RoomMessage => ({
  type: 'chat',
  room: 'lobby',
  seq,
  ...post(id),
});

const joined = (
  seq: number,
  recovered: boolean,
  messages: RoomMessage[],
  epoch = 'e1',
): MessageOf<ServerMessage, 'joined'> => ({
  type: 'joined',
  room: 'lobby',
  epoch,
  seq,
  recovered,
  messages,
  members: [ada],
});

/** A reader that has read up to this number. */
function readerAt(seq: number): RoomReader {
  const reader = new RoomReader();
  reader.join();
  reader.joined(joined(seq, false, []));
  return reader;
}

const chat = (id: string): OutgoingMessage => ({ type: 'chat', id, room: 'lobby', content: id });

check(
  'The messages of a room are numbered from 1, one by one',
  {
    rfc: 'chat.v1 §rooms',
    hint: [
      'What can a client tell from two numbers that do not follow each other?',
      'Count in the log, not in the server: each room has its own numbers. 0 means that nothing was said yet.',
    ],
  },
  () => {
    const log = new RoomLog('lobby');
    expect(log.seq, 'the number before the first message').toBe(0);
    expect(log.append(post('m1', 'Hello')), 'the first message').toEqual({
      seq: 1,
      message: { type: 'chat', room: 'lobby', seq: 1, ...post('m1', 'Hello') },
    });
    expect(log.append(post('m2')).seq, 'the number of the second message').toBe(2);
    expect(log.seq, 'the number of the last message').toBe(2);
  },
);

check(
  'A message that is posted again is not stored again; the first number comes back',
  {
    rfc: 'chat.v1 §acks',
    hint: [
      'The ack was lost with the connection, and the client sends once more. What should the others see?',
      'Remember sender and id of what was posted, with its number. For a repeat `message` is undefined.',
    ],
  },
  () => {
    const log = logOf(3);
    expect(log.append(post('m2', 'other words')), 'posting m2 again').toEqual({ seq: 2 });
    expect(log.seq, 'the number of the last message').toBe(3);
    expect(idsOf(log.replay().messages), 'what is stored').toEqual(['m1', 'm2', 'm3']);
  },
);

check(
  'The same id from two people is two messages',
  {
    rfc: 'chat.v1 §acks',
    hint: [
      'Who chooses the ids?',
      'Each client chooses its own, so an id is unique for its sender only: remember both.',
    ],
  },
  () => {
    const log = logOf(1);
    expect(log.append(post('m1', 'mine', ben)).message, 'Ben’s m1, after Ada’s').toMatchObject({ seq: 2 });
    // A sender and an id that look like others when they are put together.
    log.append(post('c', 'x', { id: 'a b', name: 'x' }));
    expect(log.append(post('b c', 'x', { id: 'a', name: 'x' })).seq, 'the id "b c" of "a"').toBe(4);
  },
);

check(
  'A repeat is known for longer than its message is kept',
  {
    rfc: 'chat.v1 §acks',
    hint: [
      'A busy room, and a client that comes back after a minute with an old message. Is it new?',
      'The ids need little room: keep maxRemembered of them, apart from the messages, and forget the oldest.',
    ],
  },
  () => {
    const log = logOf(20, { maxMessages: 5, maxRemembered: 10 });
    expect(log.append(post('m12')), 'the 9th last message again').toEqual({ seq: 12 });
  },
);

check(
  'The ids that are remembered are bounded, too',
  {
    rfc: 'chat.v1 §limits',
    hint: [
      'A room lives for a year. How many ids does your log know?',
      'maxRemembered of them: with each new one the oldest is forgotten.',
    ],
  },
  () => {
    const log = logOf(20, { maxMessages: 5, maxRemembered: 10 });
    expect(log.append(post('m10')).message, 'the 11th last message again').toMatchObject({ seq: 21 });
  },
);

check(
  'Who comes back gets exactly what came after their position',
  {
    rfc: 'chat.v1 §resume',
    hint: [
      'Off by one is easy here: `seq` is the last number they have seen.',
      'The messages kept end at the last number, so the first one kept has seq − length + 1.',
    ],
  },
  () => {
    const log = logOf(5);
    for (let seq = 0; seq <= 5; seq++) {
      const { recovered, messages } = log.replay({ epoch: 'e1', seq });
      const missed = ['m1', 'm2', 'm3', 'm4', 'm5'].slice(seq);
      expect({ recovered, ids: idsOf(messages) }, `after number ${seq} of 5`).toEqual({
        recovered: true,
        ids: missed,
      });
    }
  },
);

check(
  'Who was there before the first message has a position too',
  {
    rfc: 'chat.v1 §resume',
    hint: [
      'A client joins an empty room and loses the connection. Has it missed anything?',
      'Number 0 of the right epoch is a position like any other. Beware of `if (since.seq)`.',
    ],
  },
  () => {
    expect(logOf(0).replay({ epoch: 'e1', seq: 0 }), 'an empty room').toEqual({
      recovered: true,
      messages: [],
    });
    const { recovered, messages } = logOf(2).replay({ epoch: 'e1', seq: 0 });
    expect({ recovered, ids: idsOf(messages) }, 'two messages later').toEqual({
      recovered: true,
      ids: ['m1', 'm2'],
    });
  },
);

check(
  'A newcomer gets the last messages, and no promise',
  {
    rfc: 'chat.v1 §resume',
    hint: [
      'Someone joins for the first time. What did they miss?',
      'Without a position nothing can be recovered: the last `lastMessages`, and recovered false.',
    ],
  },
  () => {
    const { recovered, messages } = logOf(80).replay();
    expect(recovered, 'recovered, for a newcomer').toBe(false);
    expect(idsOf(messages), 'the last 50 of 80').toEqual(Array.from({ length: 50 }, (_, n) => `m${n + 31}`));
    expect(logOf(0).replay(), 'an empty room').toEqual({ recovered: false, messages: [] });
    expect(logOf(3, { lastMessages: 0 }).replay().messages, 'with lastMessages 0').toEqual([]);
  },
);

check(
  'All or nothing: where one missed message is gone, nothing is called recovered',
  {
    rfc: 'chat.v1 §resume',
    hint: [
      'Half of what was missed, with no word of the other half: how would a person know?',
      'If the message after the position is no longer kept, answer as to a newcomer, recovered false.',
    ],
  },
  () => {
    const log = logOf(30, { maxMessages: 10, lastMessages: 3 });
    const since = (seq: number) => {
      const { recovered, messages } = log.replay({ epoch: 'e1', seq });
      return { recovered, ids: idsOf(messages) };
    };
    const last10 = Array.from({ length: 10 }, (_, n) => `m${n + 21}`);
    expect(since(20), 'position 20; 21 to 30 are kept').toEqual({ recovered: true, ids: last10 });
    expect(since(19), 'position 19; 20 is gone').toEqual({ recovered: false, ids: ['m28', 'm29', 'm30'] });
  },
);

check(
  'The log is bounded by the length of what is said, too',
  {
    rfc: 'chat.v1 §limits',
    hint: [
      'Five hundred messages of four thousand characters: how large is one room?',
      'Add up the lengths of the contents, and drop the oldest while the sum is over maxContentLength.',
    ],
  },
  () => {
    const log = new RoomLog('lobby', { epoch: 'e1', maxContentLength: 100 });
    for (let n = 1; n <= 30; n++) log.append(post(`m${n}`, 'x'.repeat(10)));
    expect(log.replay({ epoch: 'e1', seq: 20 }).recovered, 'ten messages of 10 characters fit in 100').toBe(
      true,
    );
    expect(log.replay({ epoch: 'e1', seq: 19 }).recovered, 'eleven do not').toBe(false);
    log.append(post('long', 'x'.repeat(95)));
    expect(idsOf(log.replay({ epoch: 'e1', seq: 30 }).messages), 'a long one drives out many').toEqual([
      'long',
    ]);
    expect(log.replay({ epoch: 'e1', seq: 29 }).recovered, 'what it drove out').toBe(false);
  },
);

check(
  'A position of another epoch is not recovered, whatever its number',
  {
    rfc: 'chat.v1 §resume',
    hint: [
      'The server was restarted, and has said three new things. A client asks for what came after number 2. Well?',
      'The epoch says which numbering a position belongs to. Another epoch: answer as to a newcomer.',
    ],
  },
  () => {
    const { recovered, messages } = logOf(3).replay({ epoch: 'e0', seq: 2 });
    expect({ recovered, ids: idsOf(messages) }, 'number 2 of another epoch').toEqual({
      recovered: false,
      ids: ['m1', 'm2', 'm3'],
    });
  },
);

check(
  'Each log has an epoch of its own',
  {
    rfc: 'chat.v1 §resume',
    hint: [
      'The server restarts and counts from 1 again. How does a client notice?',
      'A random name of at most 64 characters, made when the log is; the options may give one.',
    ],
  },
  () => {
    expect(new RoomLog('lobby', { epoch: 'e7' }).epoch, 'the epoch that was given').toBe('e7');
    const epochs = new Set(Array.from({ length: 100 }, () => new RoomLog('lobby').epoch));
    expect(epochs.size, 'different epochs of 100 new logs').toBe(100);
    for (const epoch of epochs) expect(epoch.length, `the length of ${epoch}`).toBeLessThanOrEqual(64);
  },
);

check(
  'A position from the future is not recovered',
  {
    rfc: 'chat.v1 §resume',
    hint: [
      'A client says it has read number 9, and there are 3. What do you know of it?',
      'Compare with the last number as well: what is beyond it was not given by this log.',
    ],
  },
  () => {
    const { recovered, messages } = logOf(3).replay({ epoch: 'e1', seq: 9 });
    expect({ recovered, ids: idsOf(messages) }, 'number 9 of 3').toEqual({
      recovered: false,
      ids: ['m1', 'm2', 'm3'],
    });
  },
);

check(
  'What is handed out is not the log itself',
  {
    rfc: 'chat.v1 §rooms',
    hint: [
      'Whoever gets the messages may sort them, or cut them. Whose array is it?',
      'Hand out a copy of the list; slice makes one.',
    ],
  },
  () => {
    const log = logOf(3);
    log.replay().messages.length = 0;
    log.replay({ epoch: 'e1', seq: 0 }).messages.length = 0;
    expect(idsOf(log.replay().messages), 'the log, after others emptied their lists').toEqual([
      'm1',
      'm2',
      'm3',
    ]);
  },
);

check(
  'What is said while a history is read is held, and follows it',
  {
    rfc: 'chat.v1 §resume',
    hint: [
      'The history is read from a database. Something is said before it arrives. Where does it go?',
      'push keeps until open; open delivers in order what is newer than the history, and drops the rest.',
    ],
  },
  () => {
    const got: string[] = [];
    const gate = new JoinGate<string>((item) => got.push(item));
    for (const seq of [4, 5, 6]) gate.push(seq, `m${seq}`);
    expect(got, 'before the history').toEqual([]);
    gate.open(5);
    expect(got, 'after a history up to 5').toEqual(['m6']);
    gate.push(7, 'm7');
    expect(got, 'then, live').toEqual(['m6', 'm7']);
  },
);

check(
  'After the history, what it contained is not delivered a second time',
  {
    rfc: 'chat.v1 §resume',
    hint: [
      'The live feed may lag behind the history: it may bring what the history had.',
      'Remember up to where the history went, and compare also after the gate is open.',
    ],
  },
  () => {
    const got: string[] = [];
    const gate = new JoinGate<string>((item) => got.push(item));
    gate.open(5);
    for (const seq of [4, 5, 6]) gate.push(seq, `m${seq}`);
    expect(got, 'live messages 4, 5 and 6, after a history up to 5').toEqual(['m6']);
    const empty = new JoinGate<string>((item) => got.push(item));
    empty.open(0);
    empty.push(1, 'the first');
    expect(got.at(-1), 'the first message of an empty room').toBe('the first');
  },
);

check(
  'A reader starts without a position, and shows all that the first answer has',
  {
    rfc: 'chat.v1 §resume',
    hint: [
      'What has someone missed who was never here?',
      'join gives undefined; joined shows every message, and no gap: what was said before they came is no loss.',
    ],
  },
  () => {
    const reader = new RoomReader();
    expect(reader.join(), 'the position of the first join').toBeUndefined();
    const history = [said(3), said(4)];
    expect(reader.joined(joined(4, false, history)), 'the first answer').toEqual({
      messages: history,
      gap: false,
    });
    expect(reader.join(), 'the position after it').toEqual({ epoch: 'e1', seq: 4 });
    expect(new RoomReader().receive(said(1)), 'a live message before the answer').toBe('drop');
  },
);

check(
  'Live messages are shown in order, each once',
  {
    rfc: 'chat.v1 §resume',
    hint: [
      'Which number does the reader expect next?',
      'The one after its position is shown, and moves the position; one at or below it was shown already.',
    ],
  },
  () => {
    const reader = readerAt(4);
    expect(
      [5, 6, 6, 5, 1, 7].map((seq) => reader.receive(said(seq))),
      'the numbers 5 6 6 5 1 7',
    ).toEqual(['show', 'show', 'drop', 'drop', 'drop', 'show']);
    expect(reader.join(), 'the position then').toEqual({ epoch: 'e1', seq: 7 });
  },
);

check(
  'A gap between numbers makes it join again from where it was',
  {
    rfc: 'chat.v1 §resume',
    hint: [
      'Number 7 comes after 4. Show it? Then where do 5 and 6 go when they come?',
      'Answer rejoin, and leave the position where it is: the answer brings 5, 6 and 7.',
    ],
  },
  () => {
    const reader = readerAt(4);
    expect(reader.receive(said(7)), 'number 7 after 4').toBe('rejoin');
    expect(reader.join(), 'the position of the second join').toEqual({ epoch: 'e1', seq: 4 });
    const missed = [5, 6, 7].map((seq) => said(seq));
    expect(reader.joined(joined(7, true, missed)), 'the answer').toEqual({ messages: missed, gap: false });
    expect(reader.receive(said(8)), 'number 8').toBe('show');
  },
);

check(
  'One question is enough: while a join is under way, what follows the gap is dropped',
  {
    rfc: 'chat.v1 §resume',
    hint: [
      'Ten messages come before the answer does. How many joins do you send?',
      'Remember that a join is under way, from join to joined. The answer will contain what you drop.',
    ],
  },
  () => {
    const reader = readerAt(4);
    reader.receive(said(7));
    reader.join();
    expect(
      [8, 9, 10].map((seq) => reader.receive(said(seq))),
      'numbers 8, 9 and 10',
    ).toEqual(['drop', 'drop', 'drop']);
    const missed = [5, 6, 7, 8, 9, 10].map((seq) => said(seq));
    expect(reader.joined(joined(10, true, missed)).messages, 'the answer').toEqual(missed);
    expect(reader.receive(said(12)), 'number 12, after the answer up to 10').toBe('rejoin');
  },
);

check(
  'What may be missing is said: a gap',
  {
    rfc: 'chat.v1 §resume',
    hint: [
      'When is an answer not the continuation of what was read?',
      'recovered false, for a reader that had a position: messages between the two may be lost.',
    ],
  },
  () => {
    const aged = readerAt(4);
    aged.join();
    const last = [said(98), said(99)];
    expect(aged.joined(joined(99, false, last)), 'away for too long').toEqual({ messages: last, gap: true });

    const restarted = readerAt(4);
    restarted.join();
    const answer = restarted.joined(joined(1, false, [said(1, 'new')], 'e2'));
    expect(answer, 'a server that counts anew').toEqual({ messages: [said(1, 'new')], gap: true });
    expect(restarted.join(), 'the position then').toEqual({ epoch: 'e2', seq: 1 });
    expect(restarted.receive(said(2, 'newer')), 'number 2 of the new epoch').toBe('show');
  },
);

check(
  'A message that was shown is not shown again under another number',
  {
    rfc: 'chat.v1 §resume',
    hint: [
      'The server restarts with nothing in memory, and a client sends again what was never acknowledged. You saw it.',
      'Remember sender and id of the last thousand shown: the number says nothing across epochs.',
    ],
  },
  () => {
    const reader = readerAt(0);
    expect(reader.receive(said(1, 'x1')), 'x1 as number 1').toBe('show');
    reader.join();
    expect(
      reader.joined(joined(1, false, [said(1, 'x1')], 'e2')).messages,
      'x1 again, in a new epoch',
    ).toEqual([]);
    expect(reader.receive(said(2, 'x2')), 'x2').toBe('show');
    reader.join();
    reader.joined(joined(0, false, [], 'e3'));
    expect(reader.receive(said(1, 'x2')), 'x2 again, live, in a third epoch').toBe('drop');
    const bens = { ...said(2, 'x2'), from: ben };
    expect(reader.receive(bens), 'Ben’s x2').toBe('show');
  },
);

check(
  'A late answer to an earlier join changes nothing',
  {
    rfc: 'chat.v1 §resume',
    hint: [
      'Two joins were sent, and both are answered. What does the second answer still have to say?',
      'Drop what is at or below the position, and never move it back.',
    ],
  },
  () => {
    const reader = readerAt(4);
    reader.join();
    reader.join();
    reader.joined(joined(6, true, [said(5), said(6)]));
    expect(reader.receive(said(7)), 'number 7').toBe('show');
    expect(reader.joined(joined(6, true, [said(5), said(6)])), 'the same answer, later').toEqual({
      messages: [],
      gap: false,
    });
    expect(reader.join(), 'the position then').toEqual({ epoch: 'e1', seq: 7 });
    const more = reader.joined(joined(8, true, [said(7), said(8)]));
    expect(idsOf(more.messages), 'an answer that has one more').toEqual(['m8']);
  },
);

check(
  'An outbox keeps what is not acknowledged, oldest first',
  {
    rfc: 'chat.v1 §acks',
    hint: [
      'In which order must messages go out again after a loss?',
      'A Map keeps the order of insertion. An id that was not waiting is no error: acks may come twice.',
    ],
  },
  () => {
    const outbox = new Outbox();
    for (const id of ['c', 'a', 'b']) outbox.add(chat(id));
    expect(idsOf([...outbox]), 'what waits').toEqual(['c', 'a', 'b']);
    expect(outbox.get('a'), 'by its id').toEqual(chat('a'));
    expect(
      [outbox.remove('a'), outbox.remove('a'), outbox.remove('zzz')],
      'removing a, a again, a stranger',
    ).toEqual([true, false, false]);
    expect([outbox.size, idsOf([...outbox])], 'what waits then').toEqual([2, ['c', 'b']]);
    outbox.clear();
    expect([outbox.size, outbox.get('c')], 'after clear').toEqual([0, undefined]);
  },
);

check(
  'An outbox with a store outlives its page',
  {
    rfc: 'chat.v1 §acks',
    hint: [
      'The person presses reload with a message on its way. Who sends it?',
      'Load in the constructor; save after each change, and in add before anything else can happen.',
    ],
  },
  () => {
    let stored: readonly OutgoingMessage[] = [];
    const store = {
      load: () => [...stored],
      save: (messages: readonly OutgoingMessage[]) => {
        stored = structuredClone(messages);
      },
    };
    const before = new Outbox(store);
    for (const id of ['a', 'b', 'c']) before.add(chat(id));
    before.remove('b');
    const after = new Outbox(store);
    expect(idsOf([...after]), 'after a reload').toEqual(['a', 'c']);
    after.clear();
    expect(stored, 'the store after clear').toEqual([]);
  },
);

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    who: fc.nat({ max: 1 }),
    what: fc.oneof(
      { arbitrary: fc.constant<Step['what']>('posts'), weight: 4 },
      { arbitrary: fc.constant<Step['what']>('connects'), weight: 3 },
      { arbitrary: fc.constant<Step['what']>('reaches the server'), weight: 6 },
      { arbitrary: fc.constant<Step['what']>('gets its history'), weight: 4 },
      { arbitrary: fc.constant<Step['what']>('hears the server'), weight: 6 },
      {
        arbitrary: fc.constantFrom<Step['what']>(
          'reaches the server twice',
          'hears the server twice',
          'misses a live message',
          'loses the connection',
          'reloads the page',
          'sees the server restart',
        ),
        weight: 3,
      },
    ),
  }),
  { maxLength: 60 },
);

check(
  'Whatever the network does, each message is shown once and in order, or a gap is',
  {
    rfc: 'chat.v1 §resume',
    hint: [
      'The shortest schedule that goes wrong is printed: play it through on paper.',
      'Two clients, one room: losses, repeats, delays, reloads, restarts. At the end all come back, and are compared.',
    ],
  },
  () => {
    fc.assert(
      fc.property(steps, (schedule) => {
        const world = new World();
        for (const step of schedule) world.step(step);
        world.settle();
        const told = schedule.map(({ who, what }) => `u${who} ${what}`);
        expect(world.faults(), `after: ${told.join('; ') || 'nothing'}; then both come back`).toEqual([]);
      }),
      { numRuns: 300 },
    );
  },
);
