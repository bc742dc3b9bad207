// The load of the compression benchmarks, in a process of its own: raw frames, each compressed by itself, the
// same for every server. What comes back is counted by frames, for how short it is depends on the server.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { encodeFrame, Opcode } from '#labs/03-frames';
import { FrameParser } from '#labs/04-frame-parser';
import { Deflater } from '#labs/07-compression';

export interface CompressionLoad {
  port: number;
  connections: number;
  /** Messages sent on a connection before their echoes are awaited. */
  inFlight: number;
  /** How many times. */
  rounds: number;
  /** Bytes of one message. */
  length: number;
  /** False: messages are sent as they are, and no compression is offered. */
  compressed: boolean;
}

/** One connection: the frames that came back are told one by one. */
interface Client {
  socket: Socket;
  onEcho: () => void;
}

const clients: Client[] = [];

process.on('message', async (load: CompressionLoad) => {
  while (clients.length < load.connections) clients.push(await open(load));
  const burst = makeBurst(load);
  await Promise.all(clients.map((client) => pingPong(client, burst, load)));
  process.send?.('done');
});
process.on('disconnect', () => process.exit());

async function open({ port, compressed }: CompressionLoad): Promise<Client> {
  const socket = connect(port, '127.0.0.1').setNoDelay(true);
  await once(socket, 'connect');
  socket.write(
    'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
      `${compressed ? 'Sec-WebSocket-Extensions: permessage-deflate\r\n' : ''}` +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  );
  const [answer] = (await once(socket, 'data')) as [Buffer];
  if (answer.includes('permessage-deflate') !== compressed) throw new Error(`Not as wanted: ${answer}`);
  const client: Client = { socket, onEcho: () => {} };
  const parser = new FrameParser({ role: 'client', allowRsv1: true }, () => client.onEcho());
  socket.on('data', (chunk: Buffer) => parser.push(chunk));
  return client;
}

function makeBurst({ inFlight, length, compressed }: CompressionLoad): Buffer {
  const deflater = new Deflater({ windowBits: 15, noContextTakeover: true });
  const maskingKey = Buffer.from('37fa213d', 'hex');
  const frames = Array.from({ length: inFlight }, (_, index) => {
    const message = chatHistory(length, index);
    const deflated = compressed ? deflater.deflate(message) : undefined;
    const payload = deflated ?? message;
    return encodeFrame({ opcode: Opcode.Text, payload, rsv1: deflated !== undefined, maskingKey });
  });
  return Buffer.concat(frames);
}

/** What a chat's server sends when someone joins: JSON, and people's words. */
function chatHistory(length: number, seed: number): Buffer {
  const words = 'the a of to we you it is on in for release server chat fine today later deploy test why not';
  const vocabulary = words.split(' ');
  let state = seed + 1;
  const next = (below: number) => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return (state >> 8) % below;
  };
  let text = '[';
  for (let seq = seed * 100; text.length < length; seq++) {
    const content = Array.from({ length: 3 + next(12) }, () => vocabulary[next(vocabulary.length)]).join(' ');
    const from = { id: `u${next(8)}${next(1e9).toString(36)}`, name: `user ${next(8)}` };
    text += JSON.stringify({
      type: 'chat',
      room: 'lobby',
      seq,
      id: next(1e9).toString(36),
      from,
      content,
      at: 1763800000000 + seq * 3571,
    });
  }
  return Buffer.from(text.slice(0, length));
}

/** Sends a burst, waits for as many echoes, and again. */
function pingPong(client: Client, burst: Buffer, { inFlight, rounds }: CompressionLoad): Promise<void> {
  return new Promise((resolve) => {
    let missing = inFlight;
    let left = rounds;
    client.onEcho = () => {
      if (--missing > 0) return;
      missing = inFlight;
      if (--left > 0) client.socket.write(burst);
      else resolve();
    };
    client.socket.write(burst);
  });
}
