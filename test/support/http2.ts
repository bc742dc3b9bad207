import { AssertionError } from 'node:assert';
import { EventEmitter, once } from 'node:events';
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  createServer,
  type Http2Server,
  type Http2Stream,
  type IncomingHttpHeaders,
  type IncomingHttpStatusHeader,
  type OutgoingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { decodeFrame, encodeFrame, type Frame } from '#labs/03-frames';
import type { Connection } from '#labs/06-connection';
import { exampleKey } from './wire.ts';

/** What the checks of WebSockets over HTTP/2 share: servers and clients of bare `node:http2`, over cleartext TCP. */

/** The extended CONNECT of RFC 8441 §5.1, with the fields that it needs. */
export const plainConnect: IncomingHttpHeaders & OutgoingHttpHeaders = {
  ':method': 'CONNECT',
  ':protocol': 'websocket',
  ':scheme': 'http',
  ':authority': 'chat.example',
  ':path': '/chat',
  'sec-websocket-version': '13',
};

/** The plain request with these fields changed; `undefined` leaves one out. */
export function connectWith(changes: IncomingHttpHeaders): IncomingHttpHeaders & OutgoingHttpHeaders {
  const entries = Object.entries({ ...plainConnect, ...changes });
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/** The head of a server's answer. */
export function answerOf(
  status: number,
  headers: IncomingHttpHeaders = {},
): IncomingHttpHeaders & IncomingHttpStatusHeader {
  return Object.assign({ ...headers }, { ':status': status });
}

export interface TestServer {
  port: number;
  /** The URL of a WebSocket here. */
  url: string;
  /** The connections clients have opened, one TCP connection each. */
  sessions: ServerHttp2Session[];
  /** The streams clients have opened. */
  streams: ServerHttp2Stream[];
  /** Cuts every TCP connection. */
  cut(): void;
}

/** A server on a free port, gone when the check is done. */
export async function serve(
  onStream: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void,
  settings = { enableConnectProtocol: true },
): Promise<TestServer> {
  const server: Http2Server = createServer({ settings });
  const sessions: ServerHttp2Session[] = [];
  const streams: ServerHttp2Stream[] = [];
  const sockets: Socket[] = [];
  server.on('connection', (socket: Socket) => sockets.push(socket));
  server.on('session', (session) => {
    sessions.push(session);
    session.on('error', () => {});
  });
  server.on('stream', (stream, headers) => {
    streams.push(stream);
    stream.on('error', () => {});
    try {
      onStream(stream, headers);
    } catch (error) {
      stream.close();
      thrown.emit('error', error);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const session of sessions) session.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return { port, url: `ws://127.0.0.1:${port}/chat`, sessions, streams, cut };
}

/** A client's connection to it, gone when the check is done. */
export function connectTo({ port }: { port: number }): ClientHttp2Session {
  const session = connect(`http://127.0.0.1:${port}`);
  session.on('error', () => {});
  onTestFinished(() => session.destroy());
  return session;
}

/** A client's stream made by hand: no lab takes part in it. */
export class BareClient {
  readonly stream: ClientHttp2Stream;
  readonly #bytes: Buffer[] = [];

  private constructor(stream: ClientHttp2Stream) {
    this.stream = stream;
    stream.on('error', () => {});
    stream.on('data', (chunk: Buffer) => this.#bytes.push(chunk));
  }

  /** Asks for a WebSocket, once the server allows it. */
  static async ask(session: ClientHttp2Session, headers: OutgoingHttpHeaders): Promise<BareClient> {
    if (!session.remoteSettings?.enableConnectProtocol) await once(session, 'remoteSettings');
    return new BareClient(session.request(headers, { endStream: false }));
  }

  /** The headers of the answer. */
  async answer(): Promise<IncomingHttpHeaders & IncomingHttpStatusHeader> {
    const [headers] = await within(once(this.stream, 'response'), 'an answer to the extended CONNECT');
    return headers;
  }

  /** Everything received so far. */
  get received(): Buffer {
    return Buffer.concat(this.#bytes);
  }

  /** Sends a frame, masked as a client must. */
  send(opcode: number, payload: string | Uint8Array): void {
    this.stream.write(encodeFrame({ opcode, payload: Buffer.from(payload), maskingKey: exampleKey }));
  }
}

/** The first frame that comes on a stream. */
export async function firstFrame(stream: Http2Stream): Promise<Frame> {
  let bytes = Buffer.alloc(0);
  for (;;) {
    const [chunk] = await within(once(stream, 'data'), 'a WebSocket frame in the DATA of the stream');
    bytes = Buffer.concat([bytes, chunk]);
    const decoded = decodeFrame(bytes);
    if (decoded) return decoded.frame;
  }
}

/** The stream's end: with END_STREAM on both sides its code is 0 (NO_ERROR), after a reset what RST_STREAM said. */
export async function closeOf(stream: Http2Stream): Promise<number | undefined> {
  if (!stream.destroyed) await within(once(stream, 'close'), 'the end of the stream');
  return stream.rstCode;
}

/** The code that a connection's `close` event tells. */
export async function closeCode(connection: Connection): Promise<number> {
  const [code] = await within(once(connection, 'close'), "a connection's close event");
  return code;
}

/** The text of the next message. */
export async function nextText(connection: Connection): Promise<string> {
  const [data] = await within(once(connection, 'message'), 'a message');
  return data.toString();
}

/** Tells a check that waits of what its program threw in a listener, where nobody could catch it. */
const thrown = new EventEmitter().setMaxListeners(0).on('error', () => {});

/** Waits no longer than a check may: says what did not come, or throws what the program threw meanwhile. */
export async function within<T>(promise: Promise<T>, expected: string): Promise<T> {
  const { promise: failure, stop } = failureOf(expected);
  try {
    return await Promise.race([promise, failure]);
  } finally {
    stop();
  }
}

function failureOf(expected: string): { promise: Promise<never>; stop(): void } {
  let stop = () => {};
  const promise = new Promise<never>((_, reject) => {
    const late = () => reject(new AssertionError({ message: `Waited in vain for ${expected}` }));
    const timer = setTimeout(late, 1_500);
    thrown.on('error', reject);
    stop = () => {
      clearTimeout(timer);
      thrown.off('error', reject);
    };
  });
  return { promise, stop };
}

/** The types of HTTP/2 frames (RFC 9113 §6). */
export const FrameType = { Data: 0, Headers: 1, RstStream: 3, Settings: 4, Ping: 6, GoAway: 7 } as const;

export interface Http2Frame {
  type: number;
  flags: number;
  streamId: number;
  payload: Buffer;
}

/** An HTTP/2 frame: a header of nine bytes, then the payload (RFC 9113 §4.1). */
export function http2Frame({ type, flags, streamId, payload }: Http2Frame): Buffer {
  const header = Buffer.alloc(9);
  header.writeUIntBE(payload.length, 0, 3);
  header[3] = type;
  header[4] = flags;
  header.writeUInt32BE(streamId, 5);
  return Buffer.concat([header, payload]);
}

/** The frames that are there whole. */
export function framesOf(bytes: Buffer): Http2Frame[] {
  const frames: Http2Frame[] = [];
  let at = 0;
  while (bytes.length >= at + 9 && bytes.length >= at + 9 + bytes.readUIntBE(at, 3)) {
    const end = at + 9 + bytes.readUIntBE(at, 3);
    const [type, flags, streamId] = [bytes[at + 3], bytes[at + 4], bytes.readUInt32BE(at + 5)];
    frames.push({ type, flags, streamId, payload: bytes.subarray(at + 9, end) });
    at = end;
  }
  return frames;
}

/** SETTINGS_ENABLE_CONNECT_PROTOCOL, 0x8, with the value 1 (RFC 8441 §3). */
export const enableConnect = Buffer.from('000800000001', 'hex');

/** A server of bare TCP, which speaks HTTP/2 only when the check says so. */
export class SilentServer {
  readonly port: number;
  /** The frames a client has sent. */
  readonly frames: Http2Frame[] = [];
  readonly #socket: Promise<Socket>;

  private constructor(port: number, socket: Promise<Socket>) {
    this.port = port;
    this.#socket = socket;
    void socket.then((accepted) => this.#read(accepted));
  }

  static async listen(): Promise<SilentServer> {
    const server = createTcpServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const socket = once(server, 'connection').then(([accepted]) => accepted as Socket);
    onTestFinished(() => {
      server.close();
      void socket.then((accepted) => accepted.destroy());
    });
    return new SilentServer((server.address() as AddressInfo).port, socket);
  }

  /** Sends SETTINGS, and acknowledges what the client has sent: its SETTINGS, and pings. */
  async greet(settings: Buffer): Promise<void> {
    const socket = await this.#socket;
    socket.write(http2Frame({ type: FrameType.Settings, flags: 0, streamId: 0, payload: settings }));
    for (const { type, payload } of this.frames) {
      if (type === FrameType.Settings)
        socket.write(http2Frame({ type, flags: 1, streamId: 0, payload: Buffer.alloc(0) }));
      if (type === FrameType.Ping) socket.write(http2Frame({ type, flags: 1, streamId: 0, payload }));
    }
  }

  #read(socket: Socket): void {
    let bytes = Buffer.alloc(0);
    const prefaceLength = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'.length;
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      bytes = Buffer.concat([bytes, chunk]);
      this.frames.splice(0, this.frames.length, ...framesOf(bytes.subarray(prefaceLength)));
    });
  }
}
