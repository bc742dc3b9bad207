import type { ClientHandshakeCase } from '../suite/case.ts';
import { switching } from '../suite/test-client.ts';

// The public suite has a group 0 without cases; these are ours. 0.2: answers; 0.4: answers with permessage-deflate.

type Answer = ClientHandshakeCase['answer'];
type How = Partial<Pick<ClientHandshakeCase, 'cut' | 'withMessage'>>;

/** A plain answer with one line changed. */
const change =
  (name: string, ...others: string[]): Answer =>
  (accept) =>
    switching(accept).flatMap((line) => (line.startsWith(name) ? others : [line]));
const status =
  (line: string, ...headers: string[]): Answer =>
  () => [`HTTP/1.1 ${line}`, 'Content-Length: 0', ...headers];
const accepts =
  (wrong: (accept: string) => string): Answer =>
  (accept) =>
    switching(wrong(accept));

const good: [title: string, answer: Answer, how?: How][] = [
  ['a plain answer', switching],
  ['header names in lower case', (accept) => switching(accept).map(lowerName)],
  ['Upgrade: WebSocket', change('Upgrade', 'Upgrade: WebSocket')],
  ['Connection: keep-alive, upgrade', change('Connection', 'Connection: keep-alive, upgrade')],
  ['another reason phrase', change('HTTP', 'HTTP/1.1 101 Web Socket Protocol Handshake')],
  ['no reason phrase', change('HTTP', 'HTTP/1.1 101 ')],
  ['headers nobody knows', (accept) => switching(accept, ['Server: x', 'X-One: 1', 'Date: today'])],
  ['the answer byte by byte', switching, { cut: 1 }],
  ['a message in the same write', switching, { withMessage: true }],
];

const bad: [title: string, answer: Answer][] = [
  ['200', status('200 OK')],
  ['302 to elsewhere', status('302 Found', 'Location: ws://127.0.0.1:1/')],
  ['401', status('401 Unauthorized', 'WWW-Authenticate: Basic realm="x"')],
  ['404', status('404 Not Found')],
  ['426', status('426 Upgrade Required', 'Sec-WebSocket-Version: 99')],
  ['503', status('503 Service Unavailable')],
  ['200 with all headers of a 101', change('HTTP', 'HTTP/1.1 200 OK')],
  ['no Upgrade', change('Upgrade')],
  ['Upgrade: h2c', change('Upgrade', 'Upgrade: h2c')],
  ['no Connection', change('Connection')],
  ['Connection: close', change('Connection', 'Connection: close')],
  ['no Accept', change('Sec-WebSocket-Accept')],
  ['the Accept of another key', accepts(() => 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=')],
  ['the Accept in lower case', accepts((accept) => `x${accept}`.toLowerCase())],
  ['the Accept with a character more', accepts((accept) => `${accept}=`)],
  ['an empty Accept', accepts(() => '')],
  ['a subprotocol nobody asked for', (accept) => switching(accept, ['Sec-WebSocket-Protocol: none.such'])],
  ['an extension nobody offered', (accept) => switching(accept, ['Sec-WebSocket-Extensions: x-none'])],
  ['no HTTP', () => ['220 ready']],
];

/** A client fails the connection for these (RFC 7692 §7.1). */
const illegalAnswers = [
  'permessage-deflate; x',
  'permessage-deflate; server_no_context_takeover=1',
  'permessage-deflate; client_no_context_takeover=1',
  'permessage-deflate; server_no_context_takeover; server_no_context_takeover',
  'permessage-deflate; server_max_window_bits',
  'permessage-deflate; server_max_window_bits=7',
  'permessage-deflate; server_max_window_bits=16',
  'permessage-deflate; client_max_window_bits',
  'permessage-deflate; client_max_window_bits=7',
  'permessage-deflate; client_max_window_bits=16',
];

export const openingClient: ClientHandshakeCase[] = [
  ...good.map(
    ([title, answer, how], index): ClientHandshakeCase => ({
      ...{ kind: 'answer', id: `0.2.${index + 1}`, title, answer, opens: true },
      ...how,
    }),
  ),
  ...bad.map(
    ([title, answer], index): ClientHandshakeCase => ({
      ...{ kind: 'answer', id: `0.2.${good.length + index + 1}`, title, answer, opens: false },
    }),
  ),
  ...illegalAnswers.map(
    (extension, index): ClientHandshakeCase => ({
      kind: 'answer',
      id: `0.4.${index + 1}`,
      title: `the answer ${extension}`,
      answer: (accept) => switching(accept, [`Sec-WebSocket-Extensions: ${extension}`]),
      opens: false,
    }),
  ),
];

function lowerName(line: string, at: number): string {
  return at === 0 ? line : line.replace(/^[^:]+/, (name) => name.toLowerCase());
}
