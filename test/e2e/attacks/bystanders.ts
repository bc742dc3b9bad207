/**
 * People who chat while others attack, in a process of their own: each says something five times a second, and
 * measures how long it takes until the room has it. Ends with its parent.
 */
import { WebSocket } from 'ws';
import { type ClientMessage, type ServerMessage, subprotocol } from '#labs/10-protocol';
import { ticketFor } from './sign-in.ts';

export interface BystandersConfig {
  host: string;
  count: number;
}

/** Times from a message's sending to its arrival, in ms, and how many connections were lost, since the last time. */
export interface Latency {
  count: number;
  p50: number;
  p99: number;
  lost: number;
}

export type BystandersSay = { type: 'joined' } | ({ type: 'latency' } & Latency);

const everyMs = 200;
/** So many are needed for a p99 worth its name. */
const wanted = 100;

const { host, count } = JSON.parse(process.argv[2]) as BystandersConfig;
let times: number[] = [];
let lost = 0;
let onTime = () => {};

async function chat(index: number): Promise<void> {
  const headers = { 'X-Forwarded-For': `198.51.100.${index + 1}` };
  const ticket = await ticketFor(host, `bystander ${index}`, headers);
  const socket = new WebSocket(`ws://${host}/chat`, subprotocol, { headers });
  const send = (message: ClientMessage) => socket.send(JSON.stringify(message));
  const sentAt = new Map<string, number>();
  socket.on('error', () => {});
  socket.on('close', () => lost++);
  socket.on('open', () => send({ type: 'auth', ticket }));
  await new Promise<void>((resolve) => {
    socket.on('message', (data) => {
      const message = JSON.parse(String(data)) as ServerMessage;
      if (message.type === 'welcome') send({ type: 'join', room: 'lobby' });
      if (message.type === 'joined') resolve();
      const sent = message.type === 'chat' && sentAt.get(message.id);
      if (!sent || message.type !== 'chat') return;
      sentAt.delete(message.id);
      times.push(performance.now() - sent);
      onTime();
    });
  });
  let said = 0;
  setInterval(() => {
    const id = `${index}-${++said}`;
    sentAt.set(id, performance.now());
    send({ type: 'chat', id, room: 'lobby', content: 'Nothing disturbs us.' });
  }, everyMs);
}

const say = (message: BystandersSay) => process.send?.(message);
process.on('disconnect', () => process.exit());
process.on('message', async (asked) => {
  if (asked === 'measure') {
    times = [];
    return;
  }
  while (times.length < wanted) await new Promise<void>((resolve) => (onTime = resolve));
  const sorted = times.sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))];
  say({ type: 'latency', count: sorted.length, p50: at(0.5), p99: at(0.99), lost });
});
await Promise.all(Array.from({ length: count }, (_, index) => chat(index)));
say({ type: 'joined' });
