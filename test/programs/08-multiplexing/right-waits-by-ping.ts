// Waits for the SETTINGS by a ping, for the answer to it comes after them, and for the answer with callbacks only.
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

const pings = new WeakMap<ClientHttp2Session, Promise<void>>();

async function ping(session: ClientHttp2Session): Promise<void> {
  if (session.connecting) await once(session, 'connect');
  await new Promise<void>((resolve, reject) => {
    session.ping((error) => (error ? reject(error) : resolve()));
  });
}

/** One ping for all who wait. */
function answered(session: ClientHttp2Session): Promise<void> {
  const answer = pings.get(session) ?? ping(session);
  pings.set(session, answer);
  return answer;
}

export async function openWebSocket(
  session: ClientHttp2Session,
  url: string,
  options: OpenOptions = {},
): Promise<Connection> {
  const request = connectHeaders(parseUrl(url), options);
  if (session.closed) throw new Error('The server wants no more');
  await answered(session);
  if (!session.remoteSettings.enableConnectProtocol) throw new UnsupportedError('Not over HTTP/2');
  const stream = session.request(request);
  return await new Promise((resolve, reject) => {
    stream.once('error', reject).once('close', () => reject(new Error('The stream was closed')));
    stream.once('response', (response) => {
      try {
        const { protocol } = checkConnectResponse(request, response);
        const connection = new Connection(stream, { ...options, role: 'client', protocol });
        const terminate = connection.terminate.bind(connection);
        connection.terminate = () => {
          stream.close(8);
          terminate();
        };
        resolve(connection);
      } catch (error) {
        stream.destroy();
        reject(error);
      }
    });
  });
}
