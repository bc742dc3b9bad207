// Your client waits for the SETTINGS, and asks whatever they say; without the setting it must not (RFC 8441 §3).
import { once } from 'node:events';
import type { ClientHttp2Session } from 'node:http2';
import { parseUrl } from '#labs/02-client-handshake';
import { Connection } from '#labs/06-connection';
import {
  connectHeaders,
  type OpenOptions,
  openWebSocket as right,
  UnsupportedError,
} from '../../../solutions/08-multiplexing.ts';

export * from '../../../solutions/08-multiplexing.ts';

export async function openWebSocket(
  session: ClientHttp2Session,
  url: string,
  options: OpenOptions = {},
): Promise<Connection> {
  if (session.connecting) await once(session, 'remoteSettings');
  try {
    return await right(session, url, options);
  } catch (error) {
    if (!(error instanceof UnsupportedError)) throw error;
    const stream = session.request(connectHeaders(parseUrl(url), options));
    await once(stream, 'response');
    return new Connection(stream, { role: 'client' });
  }
}
