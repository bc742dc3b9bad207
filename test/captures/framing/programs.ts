import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect as connectTcp, type Socket } from 'node:net';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import type { Connection } from '#labs/06-connection';
import { printFrames } from './print.ts';
import { echo, serve, settled, silent } from './serve.ts';
import { type Crossing, openTap, withoutHandshake } from './tap.ts';

/** What the chapters show of clients in Node, by the name of the file. */
export const programScenes: Record<string, () => Promise<string>> = {
  fragments: framesOf(echo, (client) => {
    client.send('Hel', { fin: false });
    client.ping('?');
    client.send('lo', { fin: true });
  }),
  utf8: framesOf(silent, (client) => {
    client.send(Buffer.from('caf'), { fin: false, binary: false });
    client.send(Buffer.from([0xff]), { fin: false, binary: false });
  }),
  reads,
  'slow-reader': slowReader,
  'naive-server': naiveServer,
};

async function crossingsOf(
  onConnection: (connection: Connection) => void,
  script: (client: WebSocket) => void | Promise<void>,
): Promise<Crossing[]> {
  const server = await serve(onConnection);
  const tap = await openTap(server.port);
  const client = new WebSocket(`ws://127.0.0.1:${tap.port}/`, { perMessageDeflate: false });
  await once(client, 'open');
  await script(client);
  await settled();
  const crossings = withoutHandshake(tap.crossings);
  client.terminate();
  tap.close();
  server.close();
  return crossings;
}

function framesOf(onConnection: (connection: Connection) => void, script: (client: WebSocket) => void) {
  return async () => printFrames(await crossingsOf(onConnection, script), 'client');
}

/** How many bytes each read brings, when a client sends three short messages at once and then a long one. */
async function reads(): Promise<string> {
  const messages: string[] = [];
  const crossings = await crossingsOf(
    (connection) => connection.on('message', (data) => messages.push(`${data.length}`)),
    async (client) => {
      for (const text of ['one', 'two', 'three']) client.send(text);
      await settled();
      client.send('a'.repeat(100_000));
    },
  );
  const sizes = crossings.flatMap(({ from, bytes }) => (from === 'client' ? [`${bytes.length}`] : []));
  return `reads, in bytes:     ${sizes.join(', ')}\nmessages, in bytes:  ${messages.join(', ')}\n`;
}

/** `bufferedAmount` while a client does not read, and after it does again. */
async function slowReader(): Promise<string> {
  const lines: string[] = [];
  const message = Buffer.alloc(64 * 1024);
  const mebibytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`.padStart(8);
  const accepted: Connection[] = [];
  const server = await serve((connection) => accepted.push(connection));
  const client = new WebSocket(`ws://127.0.0.1:${server.port}/`, { perMessageDeflate: false });
  await once(client, 'open');
  client.pause();
  const [connection] = accepted;
  let sent = 0;
  const report = () =>
    lines.push(`sent ${mebibytes(sent)}   bufferedAmount ${mebibytes(connection.bufferedAmount)}`);
  for (let turn = 1; turn <= 192; turn++) {
    connection.send(message);
    sent += message.length;
    await new Promise((resolve) => setTimeout(resolve, 2));
    if (turn % 24 === 0) report();
  }
  client.resume();
  await once(connection, 'drain');
  lines.push('the client reads again, and drain fires');
  report();
  client.terminate();
  server.close();
  return `${lines.join('\n')}\n`;
}

/** A frame with a reserved opcode, sent to a server whose author attached no `error` listener. */
async function naiveServer(): Promise<string> {
  const { output, code } = await sendToNaiveServer(Buffer.from('838000000000', 'hex'));
  const lines = output.split('\n');
  const told = lines.filter((line) => /^(\s+throw er|RangeError|Emitted 'error')/.test(line));
  return `${told.join('\n').trimEnd()}\nthe process ends with exit code ${code}\n`;
}

/** Starts the naive server as a process of its own, sends it bytes after the handshake, and waits for its end. */
export async function sendToNaiveServer(bytes: Buffer): Promise<{ output: string; code: number }> {
  const child = spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'naive-server.ts')], {
    env: { ...process.env, PORT: '0' },
  });
  const output: Buffer[] = [];
  child.stderr.on('data', (text) => output.push(text));
  const [listening] = await once(child.stdout, 'data');
  const { port } = JSON.parse(`${listening}`) as AddressInfo;
  const socket = await sendFrameTo(port, bytes);
  const [code] = await once(child, 'close');
  socket.destroy();
  return { output: Buffer.concat(output).toString(), code };
}

/** Sends bytes after the handshake, over a bare socket: a frame that no library would send. */
export async function sendFrameTo(port: number, bytes: Buffer, extensions = ''): Promise<Socket> {
  const socket = connectTcp(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.write(
    'GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n' +
      `${extensions && `Sec-WebSocket-Extensions: ${extensions}\r\n`}\r\n`,
  );
  await once(socket, 'data');
  socket.resume();
  socket.write(bytes);
  return socket;
}
