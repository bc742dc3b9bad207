// Your client ends its open WebSockets at GOAWAY; they go on, only new ones are refused (RFC 9113 §6.8).
import type { ClientHttp2Session } from 'node:http2';
import type { Connection } from '#labs/06-connection';
import { type OpenOptions, openWebSocket as right } from '../../../solutions/08-multiplexing.ts';

export * from '../../../solutions/08-multiplexing.ts';

export async function openWebSocket(
  session: ClientHttp2Session,
  url: string,
  options: OpenOptions = {},
): Promise<Connection> {
  const connection = await right(session, url, options);
  session.once('goaway', () => connection.terminate());
  return connection;
}
