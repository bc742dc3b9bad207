// Your server takes every :protocol for a WebSocket; another one is 501, and a CONNECT with none asks for a proxy (RFC 9220 §3).
import type { IncomingHttpHeaders } from 'node:http2';
import type { HandshakeOptions } from '#labs/01-handshake';
import { type ConnectAnswer, answerConnect as right } from '../../../solutions/08-multiplexing.ts';

export * from '../../../solutions/08-multiplexing.ts';

export function answerConnect(headers: IncomingHttpHeaders, options: HandshakeOptions = {}): ConnectAnswer {
  return right(
    { ':scheme': 'http', ':path': '/', 'sec-websocket-version': '13', ...headers, ':protocol': 'websocket' },
    options,
  );
}
