// Right, as a table: each rule is a row with its refusal, and the first that does not hold is the answer.
import type {
  HandshakeAnswer,
  HandshakeOptions,
  HeaderList,
  UpgradeRequest,
} from '../../../solutions/01-handshake.ts';
import { acceptKey, headerValues, isToken, listElements } from '../../../solutions/01-handshake.ts';

export * from '../../../solutions/01-handshake.ts';

interface Rule {
  holds(request: UpgradeRequest): boolean;
  status: number;
  reason: string;
  headers?: HeaderList;
}

const once = (name: string, value: RegExp) => (request: UpgradeRequest) => {
  const values = headerValues(request.headers, name);
  return values.length === 1 && value.test(values[0]);
};
const lists = (name: string, word: RegExp) => (request: UpgradeRequest) =>
  listElements(request.headers, name).some((element) => word.test(element));

const rules: Rule[] = [
  { holds: ({ method }) => method === 'GET', status: 400, reason: 'The method must be GET' },
  { holds: ({ httpVersion }) => !/^[01]\.0|^0/.test(httpVersion), status: 505, reason: 'Use HTTP/1.1' },
  {
    holds: once('Sec-WebSocket-Version', /^13$/),
    status: 400,
    reason: 'Use version 13',
    headers: [['sec-websocket-version', '13']],
  },
  { holds: once('Host', /./), status: 400, reason: 'One Host is needed' },
  { holds: lists('Upgrade', /^websocket$/i), status: 404, reason: 'Nothing here but WebSockets' },
  { holds: lists('Connection', /^upgrade$/i), status: 400, reason: 'Connection: Upgrade is missing' },
  { holds: once('Sec-WebSocket-Key', /^[a-z\d+/]{21}[AQgw]==$/i), status: 400, reason: 'The key is wrong' },
  { holds: ({ headers }) => isOffer(headers), status: 400, reason: 'The subprotocols are wrong' },
];

function isOffer(headers: HeaderList): boolean {
  const seen = new Set<string>();
  return listElements(headers, 'Sec-WebSocket-Protocol').every(
    (protocol) => isToken(protocol) && !seen.has(protocol) && seen.add(protocol),
  );
}

export function answerUpgrade(request: UpgradeRequest, options: HandshakeOptions = {}): HandshakeAnswer {
  const broken = rules.find((rule) => !rule.holds(request));
  if (broken)
    return { status: broken.status, headers: broken.headers ?? [], protocol: '', reason: broken.reason };
  const [key] = headerValues(request.headers, 'Sec-WebSocket-Key');
  // By the client's order of preference, where the reference goes by the server's: both are allowed.
  const offered = listElements(request.headers, 'Sec-WebSocket-Protocol');
  const protocol = offered.find((name) => options.protocols?.includes(name)) ?? '';
  const headers: [string, string][] = [
    ['sec-websocket-accept', acceptKey(key)],
    ['connection', 'upgrade'],
    ['upgrade', 'WebSocket'],
  ];
  if (protocol) headers.unshift(['sec-websocket-protocol', protocol]);
  return { status: 101, headers, protocol, reason: '' };
}
