import { once } from 'node:events';
import { WebSocket } from 'ws';
import { type ClientMessage, type ServerMessage, subprotocol } from '#labs/10-protocol';
import { createLogger } from '#labs/19-monitoring';
import { startChatServer } from '#labs/20-chat-server';
import { loadEngine } from '../../../workbook/chat/engine.ts';

/** What chapters show of a run: lines of the scrape, and of the log. */
export interface Recorded {
  scrape: string;
  log: string;
}

/**
 * Three people in the lobby: one goes, one is cut off and comes back to what was said meanwhile, one comes back to
 * a server that has no memory of them. A fourth is a program that sends nonsense, a fifth a page of another origin.
 */
export async function recordScene(): Promise<Recorded> {
  let log = '';
  const write = (line: string) => {
    log += line;
  };
  const server = await startChatServer(0, '127.0.0.1', {
    engine: await loadEngine('labs'),
    page: new Map(),
    log: createLogger({ destination: { write } }),
  });
  const host = `127.0.0.1:${server.address.port}`;

  const [ada, ben, cleo] = [await Person.join(host), await Person.join(host), await Person.join(host)];
  const joined = await ben.enter('lobby');
  for (const person of [ada, cleo]) await person.enter('lobby');
  for (const n of [1, 2, 3]) await ada.say(`m${n}`, 'Does anybody read this?');

  ben.socket.terminate();
  await ada.hears('presence', ({ event }) => event === 'left');
  await ada.say('m4', 'Ben, are you there?');
  const back = await Person.join(host);
  await back.enter('lobby', { epoch: joined.epoch, seq: 3 });

  cleo.socket.close();
  await ada.hears('presence', ({ event }) => event === 'left');
  const returned = await Person.join(host);
  await returned.enter('lobby', { epoch: 'of another time', seq: 90 });

  const program = await Person.join(host);
  for (const nonsense of ['{', 'null']) program.socket.send(nonsense);
  await program.hears('error');
  await program.hears('error');
  const [refusal] = await once(
    new WebSocket(`ws://${host}/chat`, subprotocol, { origin: 'https://evil.example' }),
    'error',
  );
  if (!String(refusal).includes('403')) throw refusal;

  const scrape = await (await fetch(`http://${host}/metrics`)).text();
  for (const person of [ada, back, returned, program]) person.socket.terminate();
  await server.close();
  const cutOff = log.split('\n').find((line) => line.includes('"code":1006')) ?? '';
  return { scrape: excerptOf(scrape), log: folded(sameEachTime(cutOff)) };
}

/** One connection of somebody who is authenticated. */
class Person {
  readonly socket: WebSocket;
  readonly #heard: ServerMessage[] = [];
  #wake = () => {};

  constructor(host: string) {
    this.socket = new WebSocket(`ws://${host}/chat`, subprotocol);
    this.socket.on('message', (data) => {
      this.#heard.push(JSON.parse(String(data)) as ServerMessage);
      this.#wake();
    });
  }

  static async join(host: string): Promise<Person> {
    const post = async (path: string, headers: Record<string, string>, body?: string) => {
      const response = await fetch(`http://${host}${path}`, { method: 'POST', headers, body });
      return (await response.json()) as Record<string, string>;
    };
    const name = JSON.stringify({ name: 'Somebody' });
    const { session } = await post('/session', { 'Content-Type': 'application/json' }, name);
    const { ticket } = await post('/ticket', { Authorization: `Bearer ${session}` });
    const person = new Person(host);
    await once(person.socket, 'open');
    person.#send({ type: 'auth', ticket });
    await person.hears('welcome');
    return person;
  }

  #send(message: ClientMessage): void {
    this.socket.send(JSON.stringify(message));
  }

  async enter(room: string, since?: { epoch: string; seq: number }) {
    this.#send({ type: 'join', room, since });
    return await this.hears('joined');
  }

  async say(id: string, content: string): Promise<void> {
    this.#send({ type: 'chat', id, room: 'lobby', content });
    await this.hears('ack', (ack) => ack.id === id);
    await this.hears('chat', (chat) => chat.id === id);
  }

  /** The next message of this kind; those before it are dropped. */
  async hears<T extends ServerMessage['type']>(
    type: T,
    isWanted: (message: Extract<ServerMessage, { type: T }>) => boolean = () => true,
  ): Promise<Extract<ServerMessage, { type: T }>> {
    for (;;) {
      const at = this.#heard.findIndex(
        (message) => message.type === type && isWanted(message as Extract<ServerMessage, { type: T }>),
      );
      if (at !== -1) return this.#heard.splice(at, 1)[0] as Extract<ServerMessage, { type: T }>;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

/** What is not the same at each run is left out: bytes, times, memory. Of what did not happen, so is a part. */
function excerptOf(scrape: string): string {
  const shown =
    /^chat_(connections|rooms|messages_total|sent_messages_total|(received_messages|errors|closes|resumes|handshakes_refused)_total\{.*\})/;
  const lines = scrape.split('\n').filter((line) => shown.test(line));
  const names = new Set(lines.map((line) => line.split(/[ {]/)[0]));
  return [...names]
    .map((name) => {
      const [type] = scrape.match(new RegExp(`^# TYPE ${name} .+$`, 'm')) ?? [];
      const series = lines.filter((line) => line.split(/[ {]/)[0] === name);
      return [type, ...series.filter((line) => series.length < 3 || !line.endsWith(' 0'))].join('\n');
    })
    .join('\n')
    .concat('\n');
}

/** A field a line, for the page's sake. */
function folded(line: string): string {
  return `${JSON.stringify(JSON.parse(line), null, 2)}\n`;
}

/** Ids and times are drawn anew at each run. */
function sameEachTime(line: string): string {
  return line
    .replace(/"time":\d+/, '"time":1795363426301')
    .replace(/"pid":\d+,"hostname":"[^"]*"/, '"pid":2474,"hostname":"node1"')
    .replace(/"connection":"[\da-f]+/, '"connection":"01fd28a6')
    .replace(/"user":"[^"]*"/, '"user":"2bd3c1f0-6f0e-4b52-9a5e-0d8f5f3f2a11"')
    .replace(/"durationMs":\d+/, '"durationMs":313');
}
