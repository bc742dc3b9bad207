// Your client opens a TCP connection for each WebSocket; every one is a stream of the session it was given.
import { once } from 'node:events';
import { type ClientHttp2Session, connect } from 'node:http2';
import type { Connection } from '#labs/06-connection';
import { type OpenOptions, openWebSocket as right } from '../../../solutions/08-multiplexing.ts';

export * from '../../../solutions/08-multiplexing.ts';

export async function openWebSocket(
  session: ClientHttp2Session,
  url: string,
  options: OpenOptions = {},
): Promise<Connection> {
  if (session.closed) return await right(session, url, options);
  if (session.connecting) await once(session, 'connect');
  const own = connect(new URL(url.replace('ws:', 'http:')).origin);
  own.unref();
  return await right(own, url, options);
}
