// Your client ends the HTTP/2 connection when one WebSocket is refused; close the stream only.
import type { ClientHttp2Session } from 'node:http2';
import { HandshakeError } from '#labs/02-client-handshake';
import type { Connection } from '#labs/06-connection';
import { type OpenOptions, openWebSocket as right } from '../../../solutions/08-multiplexing.ts';

export * from '../../../solutions/08-multiplexing.ts';

export async function openWebSocket(
  session: ClientHttp2Session,
  url: string,
  options: OpenOptions = {},
): Promise<Connection> {
  try {
    return await right(session, url, options);
  } catch (error) {
    if (error instanceof HandshakeError) session.destroy();
    throw error;
  }
}
