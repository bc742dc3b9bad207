import { once } from 'node:events';
import { messageLimits } from '#labs/10-protocol';
import { hubLimits } from '../../../workbook/chat/limits.ts';
import { frames, spaced } from '../framing/print.ts';
import { openTap, withoutHandshake } from '../framing/tap.ts';
import { type RecordedChat, signIn } from './chat.ts';
import { Person } from './person.ts';
import { withChat } from './protocol.ts';

/** Enough of them that no one meets the limit on messages a second. */
const speakerCount = 12;
/** As long as a message may be, in characters of three bytes. */
const longContent = '語'.repeat(messageLimits.maxContentLength);

/** What docs/chat/hub.md shows, by the name of the file. */
export const hubScenes: Record<string, () => Promise<string>> = {
  /** One message, and the start of the frame that each of three members gets. */
  broadcast: () =>
    withChat(async ({ port, encoded }, log) => {
      const members = [];
      for (const name of ['Ada', 'Ben', 'Cleo']) {
        const tap = await openTap(port);
        const person = await Person.connect(name, port, [], { via: tap.port });
        await person.ask({ type: 'join', room: 'lobby' }, 'joined');
        members.push({ name, tap, person });
      }
      const [ada] = members;
      const before = encoded.length;
      ada.person.send({ type: 'chat', id: 'm1', room: 'lobby', content: 'Hello' });
      for (const { person } of members) await person.next('chat');
      const texts = encoded.slice(before);
      log.push(`encoded: ${texts.map((text) => JSON.parse(text).type).join(', ')}`);
      for (const { name, tap, person } of members) {
        const wire = [...frames(withoutHandshake(tap.crossings))].at(-1)?.wire ?? Buffer.alloc(0);
        log.push(`${name.padEnd(4)} ← ${spaced(wire.subarray(0, 16))} …  ${wire.length} bytes`);
        person.socket.terminate();
        tap.close();
      }
    }),

  /** A person with two tabs, as somebody else in the room is told of them. */
  presence: () =>
    withChat(async ({ port }, log) => {
      const ben = await Person.connect('Ben', port, log);
      await ben.ask({ type: 'join', room: 'lobby' }, 'joined');
      log.length = 0;
      const session = await signIn(port, 'Ada');
      const tabs = [];
      for (const tab of ['first tab', 'second tab']) {
        const quiet: string[] = [];
        const ada = await Person.connect('Ada', port, quiet, { session });
        log.push(`— Ada joins in her ${tab}`);
        await ada.ask({ type: 'join', room: 'lobby' }, 'joined');
        await ben.ask({ type: 'ping' }, 'pong');
        tabs.push(ada);
      }
      for (const [index, tab] of tabs.entries()) {
        log.push(`— Ada closes her ${['first', 'second'][index]} tab`);
        tab.socket.close();
        await once(tab.socket, 'close');
        await ben.ask({ type: 'ping' }, 'pong');
      }
      log.splice(0, log.length, ...log.filter((line) => !/"type":"(ping|pong)"/.test(line)));
    }),

  'slow-reader': () => withChat(slowReader),
};

/** One of the room stops reading while the others talk. */
async function slowReader({ port, connections }: RecordedChat, log: string[]): Promise<void> {
  const ben = await Person.connect('Ben', port, []);
  await ben.ask({ type: 'join', room: 'lobby' }, 'joined');
  ben.socket.pause();
  const [connectionOfBen] = connections;
  const speakers: Person[] = [];
  for (let number = 0; number < speakerCount; number++) {
    const speaker = await Person.connect('Ada', port, []);
    await speaker.ask({ type: 'join', room: 'lobby' }, 'joined');
    speakers.push(speaker);
  }

  let sent = 0;
  const report = () => {
    const said = `${sent} messages, ${mebibytes(sent * Buffer.byteLength(longContent))}`;
    log.push(`${said.padStart(24)}   waiting for Ben: ${mebibytes(connectionOfBen.bufferedAmount)}`);
  };
  // What is given to a connection that is closing is dropped: its queue grows no more.
  for (let before = -1; before < hubLimits.maxBufferedAmount || connectionOfBen.bufferedAmount > before; ) {
    before = connectionOfBen.bufferedAmount;
    const id = `m${++sent}`;
    await speakers[sent % speakerCount].ask({ type: 'chat', id, room: 'lobby', content: longContent }, 'ack');
    if (sent % 100 === 0) report();
  }
  report();

  const closed = once(ben.socket, 'close');
  let read = 0;
  ben.socket.on('message', (data) => {
    if (String(data).startsWith('{"type":"chat"')) read++;
  });
  ben.socket.resume();
  const [code, reason] = await closed;
  log.push(`Ben reads again: ${read} messages, then close ${code} "${reason}"`);
  for (const { socket } of speakers) socket.terminate();
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`.padStart(8);
}
