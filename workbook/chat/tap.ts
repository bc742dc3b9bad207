import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

export type Side = 'client' | 'server';

export interface Endpoint {
  address: string;
  port: number;
}

/** A WebSocket of the chat, from its upgrade request to the end of its socket. */
export interface TappedConnection {
  /** Counts from 0 in the order of the upgrades. */
  readonly id: number;
  readonly client: Endpoint;
  readonly server: Endpoint;
}

/** Hears what passes. Bytes are lent until the call returns: copy what is kept. A listener must not throw. */
export interface TapListener {
  onOpen(connection: TappedConnection): void;
  onBytes(connection: TappedConnection, from: Side, bytes: Buffer): void;
  /** That side ended its half: a TCP FIN. */
  onEnd(connection: TappedConnection, from: Side): void;
  /** The socket is gone; without both ends before, it was cut: by us, or by what the error says. */
  onClose(connection: TappedConnection, error: NodeJS.ErrnoException | null): void;
}

/** How a connection began, for whoever comes late. */
export interface Handshake {
  readonly request: Buffer;
  /** Undefined until the server has answered. */
  response?: Buffer;
}

/**
 * Shows the bytes of the chat's WebSockets to whoever listens, both ways, from the upgrade request on: the
 * live wire view, and `--capture`. What travels inside TLS is heard in the clear.
 */
export class Tap {
  readonly #listeners = new Set<TapListener>();
  readonly #open = new Map<TappedConnection, Handshake>();
  #nextId = 0;

  /** The connections that are open now. */
  get open(): ReadonlyMap<TappedConnection, Readonly<Handshake>> {
    return this.#open;
  }

  /** Begins to listen to all that comes from now on; the function that comes back stops it. */
  listen(listener: TapListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Taps a socket that asks for an upgrade, before anything is answered. */
  watch(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { remoteAddress = '', remotePort = 0, localAddress = '', localPort = 0 } = request.socket;
    const connection: TappedConnection = {
      id: this.#nextId++,
      client: { address: remoteAddress, port: remotePort },
      server: { address: localAddress, port: localPort },
    };
    const handshake: Handshake = { request: requestHead(request) };
    this.#open.set(connection, handshake);
    for (const listener of this.#listeners) listener.onOpen(connection);

    const hear = (from: Side, bytes: Buffer) => {
      for (const listener of this.#listeners) listener.onBytes(connection, from, bytes);
    };
    const hearEnd = (from: Side) => {
      for (const listener of this.#listeners) listener.onEnd(connection, from);
    };
    const hearSent = (chunk: unknown, encoding: unknown) => {
      if (!socket.writable || !(chunk instanceof Uint8Array || typeof chunk === 'string')) return;
      const bytes = toBuffer(chunk, encoding);
      // The answer to an upgrade is one write.
      handshake.response ??= Buffer.from(bytes);
      hear('server', bytes);
    };

    hear('client', handshake.request);
    if (head.length > 0) hear('client', head);

    // Not by a `data` listener: that would also hear what is put back by `unshift`, and later than the reader.
    const { push, write, end } = socket;
    socket.push = (chunk, encoding) => {
      if (chunk === null) hearEnd('client');
      else hear('client', chunk);
      return push.call(socket, chunk, encoding);
    };
    Object.assign(socket, {
      write(...args: unknown[]) {
        hearSent(args[0], args[1]);
        return Reflect.apply(write, socket, args);
      },
      end(...args: unknown[]) {
        hearSent(args[0], args[1]);
        if (socket.writable) hearEnd('server');
        return Reflect.apply(end, socket, args);
      },
    });
    socket.once('close', () => {
      this.#open.delete(connection);
      for (const listener of this.#listeners) listener.onClose(connection, socket.errored);
    });
  }
}

/** The request as it came, but for spaces around the values of headers, which Node does not keep. */
function requestHead({ method, url, httpVersion, rawHeaders }: IncomingMessage): Buffer {
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    lines.push(`${rawHeaders[index]}: ${rawHeaders[index + 1]}`);
  }
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
}

function toBuffer(chunk: Uint8Array | string, encoding: unknown): Buffer {
  if (typeof chunk === 'string')
    return Buffer.from(chunk, Buffer.isEncoding(encoding as string) ? (encoding as BufferEncoding) : 'utf8');
  return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}
