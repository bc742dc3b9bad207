// People of a chat, in a process of its own: they sit in rooms, talk, and count what they hear.
import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { Connection } from '#labs/06-connection';
import { subprotocol } from '#labs/10-protocol';
import { Authority, MemoryClaims } from '#labs/15-auth';
import { signingKey } from '../../workbook/chat/signing-key.ts';
import { connect } from '../../workbook/websocket.ts';

export interface OpenRequest {
  do: 'open';
  kind: 'chat' | 'socket.io';
  /** Of the nodes; those of a room are spread over all. */
  ports: readonly number[];
  connections: number;
  /** People in a room. */
  roomSize: number;
  /** What the nodes sign with. */
  secret: string;
}

export interface TalkRequest {
  do: 'talk';
  messages: number;
  /**
   * `perSecond`: each at its time, whatever has become of those before. `inFlight`: so many at once, the next
   * when everyone in the room has one.
   */
  pace: { perSecond: number } | { inFlight: number };
}

/** Said once everyone has everything. */
export interface TalkReport {
  deliveries: number;
  /** From when a message should have been sent until one on another node has it, in µs; on the same, of a single node. */
  p50: number;
  p99: number;
}

interface Person {
  node: number;
  room: number;
  say(content: string): void;
}

const people: Person[] = [];
let rooms: Person[][] = [];
let nodeCount = 0;
/** Called with the number of a message when somebody hears it. */
let onHeard: (listener: Person, message: number) => void = () => {};

process.on('message', async (request: OpenRequest | TalkRequest) => {
  process.send?.(request.do === 'open' ? await open(request) : await talk(request));
});
process.on('disconnect', () => process.exit());

async function open({ kind, ports, connections, roomSize, secret }: OpenRequest): Promise<null> {
  const enter = kind === 'chat' ? enterChat(secret) : enterSocketIo;
  nodeCount = ports.length;
  let next = people.length;
  const openSome = async () => {
    while (next < connections) {
      const index = next++;
      const node = index % nodeCount;
      const person: Person = { node, room: Math.floor(index / roomSize), say: () => {} };
      person.say = await enter(ports[node], person);
      people.push(person);
    }
  };
  await Promise.all(Array.from({ length: 20 }, openSome));
  rooms = [];
  for (const person of people) {
    rooms[person.room] ??= [];
    rooms[person.room].push(person);
  }
  return null;
}

// #region chat
function enterChat(secret: string) {
  const authority = new Authority({ secret: signingKey(secret), claims: new MemoryClaims() });
  return async (port: number, person: Person): Promise<Person['say']> => {
    const connection = await connect(`ws://127.0.0.1:${port}/chat`, { protocols: [subprotocol] });
    const told = listen(connection, person);
    const send = (message: object) => connection.send(JSON.stringify(message));
    const session = await authority.createSession({ id: randomUUID(), name: 'a person' });
    const identity = await authority.readSession(session);
    if (!identity) throw new Error('a session that was just made is good');
    const room = `room-${person.room}`;
    send({ type: 'auth', ticket: (await authority.issueTicket(identity)).ticket });
    await told('{"type":"welcome"');
    send({ type: 'join', room });
    await told('{"type":"joined"');
    return (content) => send({ type: 'chat', id: randomUUID(), room, content });
  };
}
// #endregion chat

/** Engine.IO greets with `0{…}`; `40` asks for the main namespace; events are `42[name, …]`. */
async function enterSocketIo(port: number, person: Person): Promise<Person['say']> {
  const connection = await connect(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`);
  const told = listen(connection, person);
  const room = `room-${person.room}`;
  await told('0{');
  connection.send('40');
  await told('40{');
  const emit = (...event: unknown[]) => connection.send(`42${JSON.stringify(event)}`);
  emit('join', room);
  await told('42["joined"');
  const from = { id: randomUUID(), name: 'a person' };
  return (content) =>
    emit('chat', room, { type: 'chat', room, id: randomUUID(), from, content, at: Date.now() });
}

/** Counts what is heard, and waits for what begins with something. */
function listen(connection: Connection, person: Person): (start: string) => Promise<void> {
  let awaited: { start: string; resolve: () => void } | undefined;
  const unasked: string[] = [];
  connection.on('message', (data) => {
    const text = data.toString('latin1');
    const message = /"#(\d+)#/.exec(text)?.[1];
    if (message !== undefined) onHeard(person, Number(message));
    else if (text === '2') connection.send('3');
    else if (text.startsWith('{"type":"error"')) throw new Error(text);
    else if (awaited && text.startsWith(awaited.start)) awaited.resolve();
    else if (!awaited) unasked.push(text);
  });
  connection.on('close', (code) => {
    // Not at once: when the benchmark is over the nodes go first, and this process a moment later.
    setTimeout(() => {
      throw new Error(`a connection was closed with ${code}`);
    }, 200);
  });
  return (start) =>
    new Promise((resolve) => {
      if (unasked.splice(0).some((text) => text.startsWith(start))) resolve();
      else
        awaited = {
          start,
          resolve: () => {
            awaited = undefined;
            resolve();
          },
        };
    });
}

function talk({ messages, pace }: TalkRequest): Promise<TalkReport> {
  const startsAt = performance.now() + 20;
  const dueAt = (message: number) => startsAt + ('perSecond' in pace ? (message * 1000) / pace.perSecond : 0);
  // From room to room, and in each from one to the next: nobody says more than a person may.
  const speakers = Array.from({ length: messages }, (_, message) => {
    const room = rooms[message % rooms.length];
    return room[Math.floor(message / rooms.length) % room.length];
  });
  const missing = speakers.map(({ room }) => rooms[room].length);
  const latencies: number[] = [];
  let deliveries = 0;
  let said = 0;
  let heardByAll = 0;
  // 100 bytes of content, with the message's number in it.
  const sayNext = () => {
    speakers[said].say(`#${said}#`.padEnd(100, '.'));
    said++;
  };
  return new Promise((resolve) => {
    onHeard = (listener, message) => {
      deliveries++;
      if (nodeCount === 1 || listener.node !== speakers[message].node)
        latencies.push(performance.now() - dueAt(message));
      if (--missing[message] > 0) return;
      heardByAll++;
      if ('inFlight' in pace && said < messages) sayNext();
      if (heardByAll === messages) resolve({ deliveries, ...percentiles(latencies) });
    };
    if ('inFlight' in pace) {
      while (said < Math.min(messages, pace.inFlight)) sayNext();
      return;
    }
    const timer = setInterval(() => {
      while (said < messages && dueAt(said) <= performance.now()) sayNext();
      if (said === messages) clearInterval(timer);
    }, 1);
  });
}

function percentiles(latenciesMs: number[]): { p50: number; p99: number } {
  const sorted = latenciesMs.toSorted((a, b) => a - b);
  const at = (share: number) => 1000 * (sorted[Math.floor(share * sorted.length)] ?? Number.NaN);
  return { p50: at(0.5), p99: at(0.99) };
}
