import type { IncomingMessage } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import type { Server } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Engine, OnOpen } from './engine.ts';
import { endStreamWith, endWith, type Refused } from './refuse.ts';
import type { AnyRequest } from './requests.ts';
import type { Tap } from './tap.ts';

export interface Handshakes {
  engine: Engine;
  /** What comes before the handshake: why there is to be none, or whom the engine tells of the WebSocket. */
  admit(request: AnyRequest, socket: Duplex): Refused | OnOpen;
  /** Hears of each request that is refused here. What the engine refuses is no WebSocket at all. */
  refused(status: number): void;
  tap?: Tap;
}

const noStreams: Refused = { status: 501, reason: 'The WebSocket here is over HTTP/1.1 only.' };

/**
 * Leads every request for a WebSocket to the engine, if it is admitted, and else answers it: an upgrade in
 * HTTP/1.1 (RFC 6455 §4.2.1), an extended CONNECT in HTTP/2 (RFC 8441 §4).
 */
export function leadHandshakes(server: Server, { engine, admit, refused, tap }: Handshakes): void {
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // From here on Node leaves the socket to us, its errors too.
    socket.on('error', () => socket.destroy());
    tap?.watch(request, socket, head);
    const admitted = admit(request, socket);
    if (typeof admitted === 'function') return engine.accept(request, socket, head, admitted);
    refused(admitted.status);
    endWith(socket, admitted);
  });

  server.on('connect', (request: IncomingMessage | Http2ServerRequest) => {
    // A CONNECT of HTTP/1.1 asks for a proxy, and there is none.
    if (!('stream' in request)) return request.socket.destroy();
    const { stream, headers } = request;
    const admitted = engine.acceptStream ? admit(request, stream) : noStreams;
    if (typeof admitted === 'function') return engine.acceptStream?.(stream, headers, admitted);
    refused(admitted.status);
    endStreamWith(stream, admitted);
  });
}
