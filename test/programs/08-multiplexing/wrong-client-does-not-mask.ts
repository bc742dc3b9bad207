// Your client does not mask its frames; a client must, over HTTP/2 too (RFC 6455 §5.1, RFC 8441 §5).
import { once } from 'node:events';
import type { ClientHttp2Session } from 'node:http2';
import { parseUrl } from '#labs/02-client-handshake';
import { Connection } from '#labs/06-connection';
import {
  checkConnectResponse,
  connectHeaders,
  type OpenOptions,
  UnsupportedError,
} from '../../../solutions/08-multiplexing.ts';

export * from '../../../solutions/08-multiplexing.ts';

export async function openWebSocket(
  session: ClientHttp2Session,
  url: string,
  options: OpenOptions = {},
): Promise<Connection> {
  const request = connectHeaders(parseUrl(url), options);
  if (session.closed) throw new Error('This connection takes no new streams');
  if (session.connecting) await once(session, 'remoteSettings');
  if (!session.remoteSettings.enableConnectProtocol) throw new UnsupportedError('not over HTTP/2');
  const stream = session.request(request, { endStream: false });
  const [response] = await once(stream, 'response');
  const { protocol } = checkConnectResponse(request, response);
  return new Connection(stream, { ...options, role: 'server', protocol });
}
