import { messageLimits } from '#labs/10-protocol';
import { frames, spaced } from '../framing/print.ts';
import { openTap, type Tap, withoutHandshake } from '../framing/tap.ts';
import { type RecordedChat, startRecordedChat } from './chat.ts';
import { Person } from './person.ts';

/** What docs/chat/protocol.md shows, and of `said` and `since` other pages, by the name of the file. */
export const protocolScenes: Record<string, () => Promise<string>> = {
  /** From the first message to the first answer to one's own. */
  session: () =>
    withChat(async ({ port }, log) => {
      const ada = await Person.connect('Ada', port, log);
      await ada.ask({ type: 'join', room: 'lobby' }, 'joined');
      await ada.ask({ type: 'chat', id: 'm1', room: 'lobby', content: 'Hello' }, 'chat');
    }),

  /** Two people in a room; one of them says something, and then something that is no message. */
  said: () =>
    withChat(async ({ port }, log) => {
      const people = [];
      for (const name of ['Ada', 'Ben']) {
        const person = await Person.connect(name, port, log);
        await person.ask({ type: 'join', room: 'lobby' }, 'joined');
        people.push(person);
      }
      const [ada, ben] = people;
      await ada.next('presence');
      log.length = 0;
      ada.send({ type: 'chat', id: 'm1', room: 'lobby', content: 'Is anyone here?' });
      await Promise.all([ada.next('chat'), ben.next('chat')]);
      await ada.ask({ type: 'chat', id: 'm2', room: 'lobby', content: '' }, 'error');
    }),

  /** The frame of one message and those of its two answers: header, key, and the first bytes of the payload. */
  frames: () =>
    withChat(async ({ port }, log) => {
      const tap = await openTap(port);
      const ada = await Person.connect('Ada', port, [], { via: tap.port });
      await ada.ask({ type: 'join', room: 'lobby' }, 'joined');
      const before = printHeads(tap).length;
      await ada.ask({ type: 'chat', id: 'm1', room: 'lobby', content: 'Hello' }, 'chat');
      log.push(...printHeads(tap).slice(before));
      ada.socket.terminate();
      tap.close();
    }),

  /** What a position adds to a join: the same room, joined without and with one. */
  since: () =>
    withChat(async ({ port }, log) => {
      const tap = await openTap(port);
      const messages: string[] = [];
      const ada = await Person.connect('Ada', port, messages, { via: tap.port });
      const { epoch } = await ada.ask({ type: 'join', room: 'lobby' }, 'joined');
      await ada.ask({ type: 'join', room: 'lobby', since: { epoch, seq: 0 } }, 'joined');
      const heads = printHeads(tap).filter((line) => line.includes('→'));
      for (const [index, message] of messages.filter((line) => line.includes('→')).entries()) {
        if (message.includes('"join"')) log.push(message, heads[index]);
      }
      ada.socket.terminate();
      tap.close();
    }),

  /** What is wrong, and what is said of it; the last two show that nothing was lost by it. */
  errors: () =>
    withChat(async ({ port }, log) => {
      const ada = await inLobby(port, log);
      const wrong = [
        Buffer.alloc(3),
        'Hello',
        '{"type":"shout","content":"Hello"}',
        '{"type":"chat","id":"m1","room":"lobby"}',
        { type: 'chat', id: 'm2', room: 'lobby', content: 'a'.repeat(messageLimits.maxContentLength + 1) },
        { type: 'chat', id: 'm3', room: 'cellar', content: 'Hello' },
      ] as const;
      for (const message of wrong) await ada.ask(message, 'error');
      await ada.ask({ type: 'chat', id: 'm4', room: 'lobby', content: 'Hello' }, 'chat');
    }),

  /** A client from the future: a field nobody knows, and a kind of message nobody knows. */
  newer: () =>
    withChat(async ({ port }, log) => {
      const ada = await inLobby(port, log);
      await ada.ask('{"type":"chat","id":"m1","room":"lobby","content":"Hello","colour":"red"}', 'chat');
      await ada.ask('{"type":"typing","room":"lobby"}', 'error');
    }),

  /** The first message is something else than `auth`. */
  'not-authenticated': () =>
    withChat(async ({ port }, log) => {
      const ada = await Person.anonymous('Ada', port, log);
      await ada.ask({ type: 'join', room: 'lobby' }, 'error');
      await ada.ask({ type: 'auth', ticket: 'guessed' }, 'error');
    }),
};

/** A line a frame: header, key if there is one, the first bytes of the payload, and the length of it all. */
function printHeads({ crossings }: Tap): string[] {
  return [...frames(withoutHandshake(crossings))].flatMap(({ from, wire, frame }) => {
    if (!wire || !frame) return [];
    const payloadAt = wire.length - frame.payload.length;
    const keyAt = frame.masked ? payloadAt - 4 : payloadAt;
    const bytes = [
      wire.subarray(0, keyAt),
      wire.subarray(keyAt, payloadAt),
      wire.subarray(payloadAt, payloadAt + 6),
    ]
      .filter(({ length }) => length > 0)
      .map(spaced)
      .join('  ');
    return [`Ada ${from === 'client' ? '→' : '←'} ${`${bytes} …`.padEnd(42)}${wire.length} bytes`];
  });
}

/** Plays a scene; gives its log as a text. */
export async function withChat(scene: (chat: RecordedChat, log: string[]) => Promise<void>): Promise<string> {
  const chat = await startRecordedChat();
  const log: string[] = [];
  try {
    await scene(chat, log);
    return `${log.join('\n')}\n`;
  } finally {
    await chat.close();
  }
}

/** Somebody who has joined already: what came before is not in the log. */
async function inLobby(port: number, log: string[]): Promise<Person> {
  const person = await Person.connect('Ada', port, log);
  await person.ask({ type: 'join', room: 'lobby' }, 'joined');
  log.length = 0;
  return person;
}
