import { type EventEmitter, once } from 'node:events';
import { type ClientHttp2Session, connect, constants, type OutgoingHttpHeaders } from 'node:http2';
import { connect as connectTcp } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openWebSocket } from '#labs/08-multiplexing';
import { subprotocol } from '#labs/10-protocol';
import { makeCertificate } from '../../workbook/chat/certificate.ts';
import { serverLimits } from '../../workbook/chat/limits.ts';
import { FrameType, framesOf, http2Frame } from '../support/http2.ts';
import { startChat } from './chat-support.ts';

const tls = await makeCertificate();

/** Short, so that nobody waits: ten seconds otherwise. In ms. */
const handshakeMs = 200;

async function start(deadlineMs = handshakeMs): Promise<{ host: string; port: number }> {
  return await startChat('labs', { tls, http2: true, handshakeMs: deadlineMs });
}

/** The end, with or without an error before it. */
async function closeOf(emitter: EventEmitter): Promise<void> {
  await new Promise((resolve) => emitter.once('close', resolve));
}

/** An HTTP/2 client that keeps the rules. */
function open(host: string): ClientHttp2Session {
  const session = connect(`https://${host}`, { ca: tls.cert });
  session.on('error', () => {});
  onTestFinished(() => session.destroy());
  return session;
}

/** What becomes of a request: its status, or the error code that its stream was reset with (RFC 9113 §7). */
async function outcome(session: ClientHttp2Session, headers: OutgoingHttpHeaders, endStream = true) {
  const stream = session.request(headers, { endStream });
  stream.on('error', () => {});
  let status: number | undefined;
  stream.on('response', (answer) => {
    status = answer[':status'];
  });
  stream.resume();
  await closeOf(stream);
  return status ?? `reset with ${stream.rstCode}`;
}

/** A client that keeps no rules: after TLS, bytes of its own choice. */
async function rawClient({ port }: { port: number }): Promise<TLSSocket> {
  const socket = connectTls({ port, host: '127.0.0.1', ALPNProtocols: ['h2'], ca: tls.cert });
  socket.on('error', () => {});
  socket.resume();
  onTestFinished(() => void socket.destroy());
  await once(socket, 'secureConnect');
  return socket;
}

const none: Buffer = Buffer.alloc(0);
/** What a client begins with: the preface, and SETTINGS (RFC 9113 §3.4). */
const greeting = Buffer.concat([
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  http2Frame({ type: FrameType.Settings, flags: 0, streamId: 0, payload: none }),
]);
/** `:method: GET`, `:scheme: https` and `:path: /` of the static table (RFC 7541 Appendix A). */
const headerBlock = Buffer.from([0x82, 0x87, 0x84]);
const endHeaders = 0x4;
const endStream = 0x1;

/** HEADERS that end the stream at once, where nothing else is said. */
function headers(streamId: number, flags = endHeaders | endStream): Buffer {
  return http2Frame({ type: FrameType.Headers, flags, streamId, payload: headerBlock });
}

describe('over HTTP/2', () => {
  test.each([
    ['nothing at all', none],
    ['a preface, and nothing after it', greeting],
    ['HEADERS without END_HEADERS', Buffer.concat([greeting, headers(1, endStream)])],
  ])('a client is cut that sends TLS and %s', async (_, bytes) => {
    const socket = await rawClient(await start());
    socket.write(bytes);
    await closeOf(socket);
  });

  test('a client is cut that had its answer, and only pings since then', async () => {
    const socket = await rawClient(await start());
    socket.write(Buffer.concat([greeting, headers(1)]));
    const ping = http2Frame({ type: FrameType.Ping, flags: 0, streamId: 0, payload: Buffer.alloc(8) });
    const pinging = setInterval(() => socket.write(ping), 20);
    onTestFinished(() => clearInterval(pinging));
    await closeOf(socket);
  });

  test('a client is cut that opens TCP, and never begins TLS', async () => {
    const { port } = await start();
    const socket = connectTcp(port, '127.0.0.1');
    socket.on('error', () => {});
    onTestFinished(() => void socket.destroy());
    await closeOf(socket);
  });

  test('a request whose body does not come is reset, and the WebSocket beside it lives on', async () => {
    const { host } = await start();
    const session = open(host);
    await once(session, 'remoteSettings');
    const connection = await openWebSocket(session, `wss://${host}/chat`, { protocols: [subprotocol] });
    const post = { ':method': 'POST', ':path': '/session', 'content-type': 'application/json' };
    for (let turn = 0; turn < 3; turn++) {
      expect(await outcome(session, post, false)).toBe(`reset with ${constants.NGHTTP2_CANCEL}`);
    }
    connection.ping();
    await once(connection, 'pong');
    connection.terminate();
    await closeOf(session);
  });

  test('headers over the limit are refused, and the next request is answered', async () => {
    const { host } = await start();
    const session = open(host);
    await once(session, 'remoteSettings');
    expect(session.remoteSettings.maxHeaderListSize).toBe(8_192);
    const long = { ':path': '/healthz', 'x-long': 'x'.repeat(9_000) };
    expect(await outcome(session, long)).toMatch(/^reset with/);
    expect(await outcome(session, { ':path': '/healthz' })).toBe(200);
  });

  test('streams over the limit are refused', async () => {
    const socket = await rawClient(await start());
    let bytes: Buffer = none;
    socket.on('data', (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
    });
    socket.write(greeting);
    // Requests whose bodies do not come.
    const flood = Array.from({ length: 3 * serverLimits.maxStreams }, (_, n) =>
      headers(2 * n + 1, endHeaders),
    );
    socket.write(Buffer.concat(flood));
    await closeOf(socket);
    const refusal = Buffer.from([0, 0, 0, constants.NGHTTP2_REFUSED_STREAM]);
    const refused = framesOf(bytes).filter(
      ({ type, payload }) => type === FrameType.RstStream && payload.equals(refusal),
    );
    expect(refused.length).toBe(2 * serverLimits.maxStreams);
  });

  test('streams that are reset as soon as they are opened end the connection', async () => {
    const chat = await start(60_000);
    const socket = await rawClient(chat);
    const code = Buffer.from([0, 0, 0, constants.NGHTTP2_CANCEL]);
    const frames: Buffer[] = [greeting];
    for (let streamId = 1; streamId < 10_000; streamId += 2) {
      frames.push(
        headers(streamId),
        http2Frame({ type: FrameType.RstStream, flags: 0, streamId, payload: code }),
      );
    }
    socket.write(Buffer.concat(frames));
    await closeOf(socket);
    expect(await outcome(open(chat.host), { ':path': '/healthz' })).toBe(200);
  });
});
