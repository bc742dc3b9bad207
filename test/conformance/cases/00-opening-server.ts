import type { HandshakeExpectation, ServerHandshakeCase } from '../suite/case.ts';
import { upgrade } from '../suite/test-server.ts';

// The public suite has a group 0 without cases; these are ours. 0.1: requests; 0.3: offers of permessage-deflate.

type Lines = (lines: string[]) => string[];
type How = Partial<Pick<ServerHandshakeCase, 'cut' | 'withMessage'>>;

const opens: HandshakeExpectation = { opens: true };
const refuses: HandshakeExpectation = { opens: false };
/** A version that is not spoken: the answer must name those that are (RFC 6455 §4.4). */
const refusesVersion: HandshakeExpectation = {
  opens: false,
  headers: { 'sec-websocket-version': /(^|[ ,])13($|[ ,])/ },
};
const opensWithout = (header: string): HandshakeExpectation => ({
  opens: true,
  headers: { [header]: undefined },
});

const add =
  (...more: string[]): Lines =>
  (lines) => [...lines, ...more];
/** Takes out the line of that name. */
const without =
  (name: string): Lines =>
  (lines) =>
    lines.filter((line) => !line.startsWith(`${name}:`));
const replace =
  (name: string, ...others: string[]): Lines =>
  (lines) =>
    lines.flatMap((line) => (line.startsWith(name) ? others : [line]));

const requests: [
  title: string,
  change: Lines,
  expect: HandshakeExpectation,
  lenient?: HandshakeExpectation,
  how?: How,
][] = [
  ['a plain request', (lines) => lines, opens],
  ['header names in lower case', (lines) => lines.map((line, at) => (at ? lowerName(line) : line)), opens],
  ['header names in upper case', (lines) => lines.map((line, at) => (at ? upperName(line) : line)), opens],
  ['Upgrade: WebSocket', replace('Upgrade:', 'Upgrade: WebSocket'), opens],
  ['Connection: keep-alive, Upgrade', replace('Connection:', 'Connection: keep-alive, Upgrade'), opens],
  ['Connection: UPGRADE', replace('Connection:', 'Connection: UPGRADE'), opens],
  ['Connection on two lines', replace('Connection:', 'Connection: keep-alive', 'Connection: Upgrade'), opens],
  [
    'websocket as the second of two upgrades',
    replace('Upgrade:', 'Upgrade: other/1, websocket'),
    opens,
    refuses,
  ],
  ['headers nobody knows', add('X-One: 1', 'X-Two: 2', 'DNT: 1'), opens],
  ['an Origin', add('Origin: http://127.0.0.1'), opens],
  ['a cookie of 4 KiB', add(`Cookie: a=${'b'.repeat(4096)}`), opens],
  ['a path with a query', replace('GET', 'GET /chat/%C3%A4?a=1&b=%20 HTTP/1.1'), opens],
  ['a Host with a port', replace('Host:', 'Host: localhost:8080'), opens],
  ['no space behind the colons', (lines) => lines.map((line) => line.replace(': ', ':')), opens],
  [
    'tabs and spaces around values',
    (lines) => lines.map((line, at) => (at ? line.replace(': ', ': \t ') : line)),
    opens,
  ],
  ['the request byte by byte', (lines) => lines, opens, undefined, { cut: 1 }],
  ['a message in the same write', (lines) => lines, opens, undefined, { withMessage: true }],
  [
    'a subprotocol nobody speaks',
    add('Sec-WebSocket-Protocol: none.such'),
    opensWithout('sec-websocket-protocol'),
  ],
  [
    'an extension nobody knows',
    add('Sec-WebSocket-Extensions: x-none; a=1'),
    opensWithout('sec-websocket-extensions'),
  ],
  ['POST', replace('GET', 'POST / HTTP/1.1', 'Content-Length: 0'), refuses],
  ['HTTP/1.0', replace('GET', 'GET / HTTP/1.0'), refuses],
  ['no Host', without('Host'), refuses],
  ['two Hosts', add('Host: 127.0.0.1'), refuses],
  ['no Upgrade', without('Upgrade'), refuses],
  ['Upgrade: h2c', replace('Upgrade:', 'Upgrade: h2c'), refuses],
  ['no Connection', without('Connection'), refuses],
  ['Connection: keep-alive', replace('Connection:', 'Connection: keep-alive'), refuses],
  ['no key', without('Sec-WebSocket-Key'), refuses],
  ['an empty key', replace('Sec-WebSocket-Key:', 'Sec-WebSocket-Key:'), refuses],
  ['a key of 15 bytes', replace('Sec-WebSocket-Key:', `Sec-WebSocket-Key: ${base64(15)}`), refuses],
  ['a key of 17 bytes', replace('Sec-WebSocket-Key:', `Sec-WebSocket-Key: ${base64(17)}`), refuses],
  [
    'a key that is not base64',
    replace('Sec-WebSocket-Key:', `Sec-WebSocket-Key: ${'*'.repeat(22)}==`),
    refuses,
  ],
  ['two keys', add(`Sec-WebSocket-Key: ${base64(16)}`), refuses],
  ['no version', without('Sec-WebSocket-Version'), refusesVersion, refuses],
  ['version 12', replace('Sec-WebSocket-Version:', 'Sec-WebSocket-Version: 12'), refusesVersion, refuses],
  ['version 25', replace('Sec-WebSocket-Version:', 'Sec-WebSocket-Version: 25'), refusesVersion, refuses],
  [
    'a version that is no number',
    replace('Sec-WebSocket-Version:', 'Sec-WebSocket-Version: x'),
    refusesVersion,
    refuses,
  ],
  [
    'an empty list of subprotocols',
    add('Sec-WebSocket-Protocol:'),
    refuses,
    opensWithout('sec-websocket-protocol'),
  ],
  [
    'a subprotocol that is no token',
    add('Sec-WebSocket-Protocol: a b'),
    refuses,
    opensWithout('sec-websocket-protocol'),
  ],
  [
    'a subprotocol twice',
    add('Sec-WebSocket-Protocol: a, a'),
    refuses,
    opensWithout('sec-websocket-protocol'),
  ],
];

/** A server declines these (RFC 7692 §7.1); to refuse the whole handshake is more than is asked for. */
const illegalOffers = [
  'x',
  'server_no_context_takeover=1',
  'client_no_context_takeover=1',
  'server_no_context_takeover; server_no_context_takeover',
  'server_max_window_bits',
  'server_max_window_bits=7',
  'server_max_window_bits=16',
  'server_max_window_bits=08',
  'server_max_window_bits=x',
  'server_max_window_bits=10; server_max_window_bits=10',
  'client_max_window_bits=7',
  'client_max_window_bits=16',
  'client_max_window_bits=08',
  'client_max_window_bits; client_max_window_bits',
];

export const openingServer: ServerHandshakeCase[] = [
  ...requests.map(
    ([title, change, expect, lenient, how], index): ServerHandshakeCase => ({
      kind: 'request',
      id: `0.1.${index + 1}`,
      title,
      request: (key) => change(upgrade(key)),
      expect,
      lenient,
      ...how,
    }),
  ),
  ...illegalOffers.map(
    (parameters, index): ServerHandshakeCase => ({
      kind: 'request',
      id: `0.3.${index + 1}`,
      title: `the offer permessage-deflate; ${parameters}`,
      request: (key) => upgrade(key, [`Sec-WebSocket-Extensions: permessage-deflate; ${parameters}`]),
      expect: opensWithout('sec-websocket-extensions'),
      lenient: refuses,
    }),
  ),
];

function lowerName(line: string): string {
  return line.replace(/^[^:]+/, (name) => name.toLowerCase());
}

function upperName(line: string): string {
  return line.replace(/^[^:]+/, (name) => name.toUpperCase());
}

function base64(length: number): string {
  return Buffer.alloc(length, 'key').toString('base64');
}
