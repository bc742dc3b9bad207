import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import type { ClientMessage, RoomMessage, ServerMessage } from '#labs/10-protocol';
import { ChatClient } from '#labs/21-chat-client';
import { getTicket, signIn } from './chat.ts';
import { type Crossing, Line } from './line.ts';
import { printMessage } from './print.ts';

const room = 'lobby';
/** Soon, since nobody else comes back here, and without giving up while a process starts. */
const policy = { firstMs: 50, capMs: 50, pauseMs: 50, maxRetries: 10_000 };

/** Writes down a step of the diagram, or a line of the full text, or both. */
type Tell = (told: { step?: string; line?: string }) => void;

/**
 * What docs/reconnection/resume.md shows: `steps` for the diagram, `text` with every message of the room in full.
 * Ada and Ben talk; an acknowledgement is lost, and then Ada's connection; she comes back; the server is killed.
 */
export async function recordResume(): Promise<{ steps: string[]; text: string }> {
  const steps: string[] = [];
  const lines: string[] = [];
  const tell: Tell = ({ step, line }) => {
    if (step) steps.push(step);
    if (line) lines.push(line);
  };
  const announce = (text: string) => tell({ step: `-- ${text} --`, line: `— ${text}` });

  let server = await startServer();
  const serverPort = () => server.port;
  const ada = await Talker.signIn('Ada', serverPort, tell);
  const ben = await Talker.signIn('Ben', serverPort, tell);
  try {
    for (const talker of [ada, ben]) {
      await talker.until('open', () => talker.client.tryNow());
      await talker.until('joined', () => talker.client.join(room));
    }
    await ada.until('shown m1', () => ben.client.chat(room, 'Hello', 'm1'));
    announce('nothing reaches Ada any more, and nobody is told');
    ada.line.loseAnswers();
    await ben.until('shown m2', () => ada.client.chat(room, 'Hello, Ben', 'm2'));
    await Promise.all([
      ada.until('lost m3'),
      ben.until('shown m3', () => ben.client.chat(room, 'Are you there?', 'm3')),
    ]);
    announce('her connection ends, and she comes back');
    await ada.until('sent m2', () => ada.line.cut());
    announce('the server is killed, and started again');
    server.process.kill('SIGKILL');
    await once(server.process, 'exit');
    server = await startServer();
    await Promise.all([ada.until('joined'), ben.until('joined')]);
    await ada.until('shown m4', () => ben.client.chat(room, 'What was that?', 'm4'));
    return { steps, text: `${lines.join('\n')}\n` };
  } finally {
    ada.close();
    ben.close();
    server.process.kill();
  }
}

/** The chat in a process of its own, to be killed. */
export async function startServer(): Promise<{ process: ChildProcess; port: number }> {
  const process = fork(join(import.meta.dirname, 'server.ts'));
  const [port] = (await once(process, 'message')) as [number];
  return { process, port };
}

/** A person at the chat's own client, on a line of their own. */
class Talker {
  readonly client: ChatClient;
  readonly line: Line;
  readonly #waiting = new Map<string, () => void>();

  private constructor(client: ChatClient, line: Line) {
    this.client = client;
    this.line = line;
    const shows = ({ id }: RoomMessage) => this.#happens(`shown ${id}`);
    client.on('state', ({ name }) => this.#happens(name));
    client.on('chat', shows);
    client.on('joined', ({ messages }) => {
      this.#happens('joined');
      messages.forEach(shows);
    });
    client.on('sent', (id) => this.#happens(`sent ${id}`));
  }

  static async signIn(name: string, serverPort: () => number, tell: Tell): Promise<Talker> {
    const session = await signIn(serverPort(), name);
    const line = await Line.open(serverPort, (crossing) => {
      const message = JSON.parse(crossing.text) as ClientMessage | ServerMessage;
      tell(describe(name, message, crossing));
      if (crossing.lost && message.type === 'chat') talker.#happens(`lost ${message.id}`);
    });
    const client = new ChatClient({
      url: `ws://127.0.0.1:${line.port}/chat`,
      getTicket: () => getTicket(serverPort(), session),
      WebSocket,
      policy,
    });
    tellWhatIsSeen(name, client, tell);
    const talker = new Talker(client, line);
    return talker;
  }

  /** Does something, and waits for what comes of it: a state, `joined`, `shown <id>`, `sent <id>`, `lost <id>`. */
  async until(event: string, act = () => {}): Promise<void> {
    const happened = new Promise<void>((resolve) => this.#waiting.set(event, resolve));
    act();
    await happened;
  }

  close(): void {
    this.client.close();
    this.line.close();
  }

  #happens(event: string): void {
    this.#waiting.get(event)?.();
  }
}

function tellWhatIsSeen(name: string, client: ChatClient, tell: Tell): void {
  const note = (text: string) =>
    tell({ step: name === 'Ada' ? `${name}: ${text}` : undefined, line: `${name}   ${text}` });
  client.on('joined', ({ gap, messages }) => {
    if (gap) note('shows a gap');
    if (messages.length > 0) note(`shows ${numbersOf(messages)}`);
  });
  client.on('chat', ({ seq }) => note(`shows #${seq}`));
  client.on('sent', (id) => note(`marks ${id} as sent`));
}

/** A message as a line of the text, and, where it belongs to the story, as a step of the diagram. */
function describe(
  name: string,
  message: ClientMessage | ServerMessage,
  { from, text, lost }: Crossing,
): { step?: string; line?: string } {
  const words = inShort(message);
  if (words === undefined) return {};
  const line = printMessage(name, from === 'client' ? '→' : '←', text) + (lost ? '   lost' : '');
  if (!isOfTheStory(name, message, from)) return { line };
  const [source, target] = from === 'client' ? [name, 'Server'] : ['Server', name];
  return { line, step: `${source} ${lost ? 'x' : '>'} ${target}: ${words}` };
}

/** Of Ben the diagram shows only what he says and what he hears of Ada: the rest is the same as hers. */
function isOfTheStory(name: string, message: ClientMessage | ServerMessage, from: Crossing['from']): boolean {
  if (name === 'Ada') return true;
  return message.type === 'chat' && (from === 'client' || ('from' in message && message.from.name === 'Ada'));
}

/** Undefined for what has nothing to do with numbers: authentication, presence, pings. */
function inShort(message: ClientMessage | ServerMessage): string | undefined {
  switch (message.type) {
    case 'join':
      return message.since ? `join since #${message.since.seq}` : 'join';
    case 'joined': {
      const { recovered, messages, seq } = message;
      return recovered ? `joined, recovered ${numbersOf(messages)}` : `joined at #${seq}, not recovered`;
    }
    case 'chat':
      return 'seq' in message ? `#${message.seq} ${message.content}` : `${message.id} ${message.content}`;
    case 'ack':
      return `ack ${message.id} is #${message.seq}`;
    default:
      return undefined;
  }
}

function numbersOf(messages: readonly RoomMessage[]): string {
  return messages.map(({ seq }) => `#${seq}`).join(', ');
}
