import { once } from 'node:events';
import { type ClientHttp2Session, connect, createSecureServer, createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { decodeFrame } from '#labs/03-frames';
import type { Connection } from '#labs/06-connection';
import { acceptStream, openWebSocket } from '#labs/08-multiplexing';
import { makeCertificate } from '../../../workbook/chat/certificate.ts';
import { startBrowser } from '../../support/browser.ts';
import { describe, spaced } from '../framing/print.ts';
import { settled } from '../framing/serve.ts';
import { openTap } from '../framing/tap.ts';
import { frameNames, type Http2Frame, http2Frames } from './frames.ts';

/** What the chapter shows, by the name of the file. */
export const scenes: Record<string, () => Promise<string>> = {
  'one-socket': framesOf(async (open, accepted) => {
    const socket = await open();
    socket.on('message', () => {});
    accepted[0].on('message', (data) => accepted[0].send(data.toString()));
    socket.send('Hello');
    await once(socket, 'message');
    socket.close(1000);
    await once(socket, 'close');
  }),
  'two-sockets': framesOf(async (open) => {
    const [first, second] = [await open(), await open()];
    first.send('one');
    await settled();
    second.send('two');
    await settled();
    first.send('three');
  }),
  reset: framesOf(async (open) => {
    const socket = await open();
    socket.terminate();
  }),
  goaway: framesOf(async (open, accepted, session) => {
    const socket = await open();
    session().close();
    await settled();
    socket.send('still here');
    await settled();
    await open().catch(() => {});
    accepted[0].on('message', () => {});
  }),
  'slow-stream': slowStream,
  'chromium-asks': chromiumAsks,
};

type Script = (
  open: () => Promise<Connection>,
  accepted: Connection[],
  serverSession: () => { close(): void },
) => Promise<void>;

interface Peers {
  port: number;
  accepted: Connection[];
  sessions: { close(): void; destroy(): void }[];
  close(): void;
}

async function serve(): Promise<Peers> {
  const accepted: Connection[] = [];
  const sessions: Peers['sessions'] = [];
  const server = createServer({ settings: { enableConnectProtocol: true } });
  server.on('session', (session) => sessions.push(session));
  server.on('stream', (stream, headers) => {
    const connection = acceptStream(stream, headers);
    if (connection) accepted.push(connection);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { port, accepted, sessions, close: () => server.close() };
}

/** The frames that cross while a script runs: one line each. */
function framesOf(script: Script): () => Promise<string> {
  return async () => {
    const server = await serve();
    const tap = await openTap(server.port);
    const session: ClientHttp2Session = connect(`http://127.0.0.1:${tap.port}`);
    const open = () => openWebSocket(session, `ws://127.0.0.1:${tap.port}/chat`);
    await script(open, server.accepted, () => server.sessions[0]);
    await settled();
    const text = printFrames(http2Frames(tap.crossings));
    session.destroy();
    tap.close();
    server.close();
    return text;
  };
}

function printFrames(frames: readonly Http2Frame[]): string {
  const lines = frames
    .filter(({ type }) => frameNames[type] !== 'WINDOW_UPDATE')
    .map((frame) => ({ frame, bytes: printBytes(frame) }));
  const width = Math.max(...lines.map(({ bytes }) => bytes.length));
  return lines
    .map(({ frame, bytes }) => `${frame.from} → ${bytes.padEnd(width)}  ${inWords(frame)}`)
    .join('\n')
    .concat('\n');
}

function printBytes({ header, payload }: Http2Frame): string {
  if (payload.length === 0) return spaced(header);
  return payload.length > 20 ? `${spaced(header)}  …` : `${spaced(header)}  ${spaced(payload)}`;
}

function inWords({ type, flags, streamId, payload }: Http2Frame): string {
  const name = streamId === 0 ? frameNames[type] : `${frameNames[type]} on stream ${streamId}`;
  switch (frameNames[type]) {
    case 'SETTINGS':
      if (flags & 1) return `${name}, acknowledged`;
      return payload.length === 0 ? `${name}, none` : `${name}: ENABLE_CONNECT_PROTOCOL = 1`;
    case 'DATA': {
      const frame = decodeFrame(payload)?.frame;
      return [name, frame && describe(frame), flags & 1 && 'END_STREAM'].filter(Boolean).join(', ');
    }
    case 'RST_STREAM':
      return `${name}: ${payload.readUInt32BE() === 8 ? 'CANCEL' : payload.readUInt32BE()}`;
    case 'GOAWAY':
      return `${name}, last stream ${payload.readUInt32BE()}, error ${payload.readUInt32BE(4)}`;
    default:
      return name;
  }
}

/** `bufferedAmount` of two WebSockets on one connection, one of which does not read. */
async function slowStream(): Promise<string> {
  const server = await serve();
  const session = connect(`http://127.0.0.1:${server.port}`);
  const open = () => openWebSocket(session, `ws://127.0.0.1:${server.port}/`);
  const [slow, quick] = [await open(), await open()];
  const [toSlow, toQuick] = server.accepted;
  slow.pause();
  slow.on('message', () => {});
  let came = 0;
  quick.on('message', () => came++);
  const lines: string[] = [];
  const kibibytes = (bytes: number) => `${Math.round(bytes / 1024)} KiB`.padStart(8);
  let sent = 0;
  for (const total of [4, 16, 32, 64]) {
    for (; sent < total; sent++) {
      toSlow.send(Buffer.alloc(16 * 1024));
      toQuick.send(Buffer.alloc(16 * 1024));
    }
    await settled();
    lines.push(
      `sent to each ${kibibytes(total * 16 * 1024)}   waiting for the slow one ${kibibytes(toSlow.bufferedAmount)}` +
        `   for the other ${kibibytes(toQuick.bufferedAmount)}, which has heard ${came} messages`,
    );
  }
  slow.resume();
  await settled();
  lines.push(`the slow one reads again:      waiting ${kibibytes(toSlow.bufferedAmount)}`);
  session.destroy();
  server.close();
  return `${lines.join('\n')}\n`;
}

/** The fields with which Chromium asks for a WebSocket over HTTP/2, on the connection that brought the page. */
async function chromiumAsks(): Promise<string> {
  const server = createSecureServer({
    ...(await makeCertificate()),
    settings: { enableConnectProtocol: true },
  });
  const asked = new Promise<string>((resolve) => {
    server.on('stream', (stream, headers) => {
      if (headers[':method'] !== 'CONNECT') {
        stream.respond({ ':status': 200, 'content-type': 'text/html' });
        stream.end('<!doctype html>');
        return;
      }
      acceptStream(stream, headers);
      const shown = Object.entries(headers).filter(
        ([name]) => !/^(user-agent|accept|cache|pragma)/.test(name),
      );
      resolve(shown.map(([name, value]) => `${name}: ${value}\n`).join(''));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const browser = await startBrowser(['--ignore-certificate-errors']);
  const page = await browser.newPage();
  await page.goto(`https://127.0.0.1:${port}/`);
  await page.evaluate(`void new WebSocket('wss://127.0.0.1:${port}/chat')`);
  const text = await asked;
  await browser.close();
  server.close();
  return text.replaceAll(`:${port}`, '');
}
