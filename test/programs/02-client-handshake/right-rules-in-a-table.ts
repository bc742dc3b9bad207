// Right, as a table: each rule of the answer is a row with its code, over headers gathered in the platform's Headers.
import { acceptKey } from '../../../solutions/01-handshake.ts';
import {
  type ClientRequest,
  HandshakeError,
  type HandshakeErrorCode,
  type UpgradeResponse,
} from '../../../solutions/02-client-handshake.ts';

export * from '../../../solutions/02-client-handshake.ts';

interface Seen {
  request: ClientRequest;
  status: number;
  /** Lines of one name are joined by ", ", as RFC 9110 §5.3 allows. */
  headers: Headers;
}

const words = (text: string | null) => (text ?? '').toLowerCase().split(/[ \t,]+/);
const names = (text: string | null) =>
  [...(text ?? '').matchAll(/(?:^|,)[ \t]*([^;,]+)/g)].map((match) => match[1].trim());

const rules: [HandshakeErrorCode, (seen: Seen) => boolean][] = [
  ['unexpected_status', ({ status }) => status === 101],
  ['bad_upgrade', ({ headers }) => /^websocket$/i.test(headers.get('upgrade') ?? '')],
  ['bad_connection', ({ headers }) => words(headers.get('connection')).includes('upgrade')],
  ['bad_accept', ({ request, headers }) => headers.get('sec-websocket-accept') === acceptKey(request.key)],
  [
    'bad_protocol',
    ({ request, headers }) => [null, ...request.protocols].includes(headers.get('sec-websocket-protocol')),
  ],
  [
    'bad_extension',
    ({ request, headers }) => {
      const offered = new Headers(
        [...request.headers].map(([name, value]): [string, string] => [name, value]),
      );
      const allowed = new Set(names(offered.get('sec-websocket-extensions')));
      return names(headers.get('sec-websocket-extensions')).every((name) => allowed.has(name));
    },
  ],
];

export function checkResponse(request: ClientRequest, response: UpgradeResponse): { protocol: string } {
  const headers = new Headers(response.headers.map(([name, value]): [string, string] => [name, value]));
  const seen = { request, status: response.status, headers };
  for (const [code, holds] of rules) {
    if (holds(seen)) continue;
    const redirect = Math.floor(response.status / 100) === 3;
    throw new HandshakeError(code, code, response.status, {
      ...(redirect && { location: headers.get('location') ?? undefined }),
      ...(response.status === 401 && { challenge: headers.get('www-authenticate') ?? undefined }),
    });
  }
  return { protocol: headers.get('sec-websocket-protocol') ?? '' };
}
