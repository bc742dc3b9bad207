import type { Post } from '#labs/14-resume';
import type { Appended, BackplaneListener } from '#labs/17-backplane';
import { loadEngine } from '../../../workbook/chat/engine.ts';
import { frames, spaced } from '../framing/print.ts';
import { openTap, type Tap, withoutHandshake } from '../framing/tap.ts';
import { Person } from './person.ts';

/** Bytes of a frame that are printed. */
const bytesPrinted = 12;

/** What docs/chat/server.md shows, by the name of the file. */
export const lifeScenes: Record<string, () => Promise<string>> = { life };

/** One message from Ada on one node to Ben on another: what crossed each socket, and what each node and the store said. */
async function life(): Promise<string> {
  const { startChatServer } = await import('#labs/20-chat-server');
  const { MemoryBackplane, MemoryStore } = await import('#labs/17-backplane');
  const log: string[] = [];

  class LoggedBackplane extends MemoryBackplane {
    readonly #node: string;

    constructor(node: string, store: InstanceType<typeof MemoryStore>) {
      super({ store });
      this.#node = node;
    }

    override start(listener: BackplaneListener): Promise<void> {
      const node = this.#node;
      const logged = new Proxy(listener, {
        get(target, name) {
          const value: unknown = Reflect.get(target, name, target);
          if (typeof value !== 'function') return value;
          return (...given: unknown[]): unknown => {
            if (name === 'message')
              log.push(`store  → ${node}: message, as everyone in the room will get it`);
            return Reflect.apply(value, target, given);
          };
        },
      });
      return super.start(logged);
    }

    override append(room: string, post: Post): Promise<Appended> {
      log.push(`${this.#node} → store: append("lobby", m1)`);
      const stored = super.append(room, post);
      // Not awaited: that would change which comes first, the ack or the message.
      void stored.then(({ seq }) => log.push(`store  → ${this.#node}: stored, number ${seq}`));
      return stored;
    }
  }

  const store = new MemoryStore();
  const engine = await loadEngine('labs');
  const people: (Recorded & { person: Person; close(): Promise<void> })[] = [];
  for (const [name, node] of [
    ['Ada', 'node 1'],
    ['Ben', 'node 2'],
  ]) {
    const backplane = new LoggedBackplane(node, store);
    const { address, close } = await startChatServer(0, '127.0.0.1', { engine, page: new Map(), backplane });
    const tap = await openTap(address.port);
    const person = await Person.connect(name, address.port, log, { via: tap.port });
    await person.ask({ type: 'join', room: 'lobby' }, 'joined');
    people.push({ name, person, tap, printed: { client: 0, server: 0 }, close });
  }
  const [ada, ben] = people;
  await ada.person.next('presence');
  for (const { tap, printed } of people) {
    for (const { from } of frames(withoutHandshake(tap.crossings))) printed[from]++;
  }
  log.length = 0;
  ada.person.send({ type: 'chat', id: 'm1', room: 'lobby', content: 'Hello' });
  await Promise.all([ada.person.next('chat'), ben.person.next('chat')]);

  const text = log.map((line) => `${line}\n${bytesOf(line, people)}`).join('');
  for (const { person, tap, close } of people) {
    person.socket.terminate();
    tap.close();
    await close();
  }
  return text;
}

/** A person, what crossed their socket, and how many frames of each direction were printed. */
interface Recorded {
  name: string;
  tap: Tap;
  printed: { client: number; server: number };
}

/** The frame of a line that crossed a socket: the next one of that person, in that direction. */
function bytesOf(line: string, people: Recorded[]): string {
  const [, name, way] = /^(\w+) ([→←]) /.exec(line) ?? [];
  const whose = people.find((each) => each.name === name);
  if (!whose) return '';
  const side = way === '→' ? 'client' : 'server';
  const theirs = [...frames(withoutHandshake(whose.tap.crossings))].filter(({ from }) => from === side);
  const wire = theirs[whose.printed[side]++]?.wire ?? Buffer.alloc(0);
  return `      ${spaced(wire.subarray(0, bytesPrinted))} …  ${wire.length} bytes\n`;
}
