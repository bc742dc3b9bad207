// Your client asks before it knows that the server understands :protocol: wait for its SETTINGS (RFC 8441 §3).
import { once } from 'node:events';
import type { ClientHttp2Session } from 'node:http2';
import { parseUrl } from '#labs/02-client-handshake';
import { Connection } from '#labs/06-connection';
import {
  checkConnectResponse,
  connectHeaders,
  type OpenOptions,
} from '../../../solutions/08-multiplexing.ts';

export * from '../../../solutions/08-multiplexing.ts';

export async function openWebSocket(
  session: ClientHttp2Session,
  url: string,
  options: OpenOptions = {},
): Promise<Connection> {
  const request = connectHeaders(parseUrl(url), options);
  if (session.closed) throw new Error('This connection takes no new streams');
  const stream = session.request(request, { endStream: false });
  const [response] = await once(stream, 'response');
  try {
    const { protocol } = checkConnectResponse(request, response);
    const connection = new Connection(stream, { ...options, role: 'client', protocol });
    connection.terminate = () => stream.close(8);
    return connection;
  } catch (error) {
    stream.close(8);
    throw error;
  }
}
