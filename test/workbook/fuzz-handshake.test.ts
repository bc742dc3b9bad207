import fc from 'fast-check';
import { describe, expect } from 'vitest';
import {
  answerUpgrade,
  formatAnswer,
  formatHead,
  type HeaderList,
  listElements,
  type UpgradeRequest,
} from '#labs/01-handshake';
import {
  type ClientRequest,
  checkResponse,
  createRequest,
  formatRequest,
  HandshakeError,
  parseUrl,
  type Target,
} from '#labs/02-client-handshake';
import { fuzz } from '../fuzz/property.ts';

// The two halves of the opening handshake (labs 01 and 02) on headers that nobody would send: an answer to
// every request, and no error but the documented ones.

const tokens = fc.constantFrom('chat.v1', 'chat.v2', 'mqtt', 'a', "!#$%&'*+-.^_`|~");
const names = fc.constantFrom(
  'Host',
  'Upgrade',
  'Connection',
  'Sec-WebSocket-Key',
  'Sec-WebSocket-Version',
  'Sec-WebSocket-Protocol',
  'Sec-WebSocket-Extensions',
  'Sec-WebSocket-Accept',
  'Location',
  'X-Other',
);
const values = fc.oneof(
  fc.constantFrom('websocket', 'Upgrade', '13', '8', 'localhost', 'dGhlIHNhbXBsZSBub25jZQ=='),
  fc.constantFrom('', ' ', ',', ',,', 'chat.v1, chat.v1', 'keep-alive, UPGRADE', 'h2c,WebSocket ,'),
  fc.string({ unit: 'binary', maxLength: 20 }),
);
const headerLists: fc.Arbitrary<HeaderList> = fc.array(
  fc.tuple(fc.oneof({ weight: 9, arbitrary: names }, fc.string({ maxLength: 10 })), values),
  { maxLength: 12 },
);

/** Another way to write the same name: RFC 9110 §5.1. */
function inOtherCase(name: string, bits: number): string {
  return [...name]
    .map((letter, index) => ((bits >> (index % 16)) & 1 ? letter.toUpperCase() : letter.toLowerCase()))
    .join('');
}

/** A request that has to be accepted: any case and order, lists spread over lines, others beside ours. */
const goodRequests: fc.Arbitrary<UpgradeRequest & { offered: string[] }> = fc
  .record({
    key: fc.uint8Array({ minLength: 16, maxLength: 16 }),
    bits: fc.nat(65_535),
    offered: fc.uniqueArray(tokens, { maxLength: 4 }),
    splitAt: fc.nat(4),
    upgrades: fc.constantFrom(['websocket'], ['h2c, WebSocket'], ['h2c', ',WEBSOCKET,']),
    connections: fc.constantFrom(['Upgrade'], ['keep-alive, upgrade'], ['keep-alive', 'x , UPGRADE']),
    others: fc.array(fc.tuple(fc.constantFrom('X-Other', 'Cookie', 'Origin'), fc.string({ maxLength: 10 })), {
      maxLength: 3,
    }),
    order: fc.infiniteStream(fc.nat()),
  })
  .map(({ key, bits, offered, splitAt, upgrades, connections, others, order }) => {
    const lines = [offered.slice(0, splitAt), offered.slice(splitAt)].filter(({ length }) => length > 0);
    const groups: [string, string][][] = [
      [['Host', 'localhost']],
      upgrades.map((value) => ['Upgrade', value]),
      connections.map((value) => ['Connection', value]),
      [['Sec-WebSocket-Key', Buffer.from(key).toString('base64')]],
      [['Sec-WebSocket-Version', '13']],
      // Lines of one name keep their order: RFC 9110 §5.3.
      lines.map((line) => ['Sec-WebSocket-Protocol', line.join(', ')]),
      others,
    ];
    const shuffled = groups
      .map((group) => ({ group, rank: order.next().value ?? 0 }))
      .sort((a, b) => a.rank - b.rank)
      .flatMap(({ group }) => group);
    const headers = shuffled.map(([name, value]) => [inOtherCase(name, bits), ` ${value}\t`] as const);
    return { method: 'GET', httpVersion: '1.1', headers, offered };
  });

describe('the server', () => {
  fuzz(
    'answers any request: 101, or a refusal that says why',
    400,
    fc.property(
      fc.constantFrom('GET', 'get', 'POST', ''),
      fc.constantFrom('1.1', '1.0', '2.0', '', 'x'),
      headerLists,
      fc.array(tokens, { maxLength: 3 }),
      (method, httpVersion, headers, protocols) => {
        const answer = answerUpgrade({ method, httpVersion, headers }, { protocols });
        expect([101, 400, 405, 426]).toContain(answer.status);
        expect(answer.reason === '').toBe(answer.status === 101);
        // Whatever the request held, the answer is one head: nothing of it breaks a line.
        const [head, body] = formatAnswer(answer).split('\r\n\r\n');
        expect(head).toMatch(/^HTTP\/1\.1 \d{3} [ -~]*(\r\n[\w-]+: [ -~]*)*$/);
        expect(body).toBe(answer.reason);
      },
    ),
  );

  fuzz(
    'accepts a good request in any case, order and number of lines',
    200,
    fc.property(goodRequests, fc.array(tokens, { maxLength: 3 }), (request, protocols) => {
      const { status, protocol, reason } = answerUpgrade(request, { protocols });
      expect(status, reason).toBe(101);
      expect(protocol).toBe(protocols.find((spoken) => request.offered.includes(spoken)) ?? '');
    }),
  );

  fuzz(
    'refuses a good request from which one line is gone, but for those it can do without',
    300,
    fc.property(goodRequests, fc.nat(), (request, at) => {
      const headers = [...request.headers];
      const [[name]] = headers.splice(at % headers.length, 1);
      const needed = ['host', 'sec-websocket-key', 'sec-websocket-version'].includes(name.toLowerCase());
      const lacks = (list: string, token: string) =>
        !listElements(headers, list).some((element) => element.toLowerCase() === token);
      const refused = needed || lacks('Upgrade', 'websocket') || lacks('Connection', 'upgrade');
      expect(answerUpgrade({ ...request, headers }).status === 101).toBe(!refused);
    }),
  );

  fuzz(
    'writes a head in which every header is one line, or throws a TypeError',
    300,
    fc.property(headerLists, (headers) => {
      let head: string;
      try {
        head = formatHead('HTTP/1.1 200 OK', headers);
      } catch (error) {
        expect(error).toBeInstanceOf(TypeError);
        return;
      }
      expect(head.split('\r\n')).toHaveLength(headers.length + 3);
      expect(head.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    }),
  );
});

describe('the client', () => {
  fuzz(
    'reads any URL as URL does, or throws a SyntaxError',
    300,
    fc.property(
      fc.oneof(
        fc.webUrl({ withFragments: true, withQueryParameters: true }).map((url) => url.replace('http', 'ws')),
        fc.webUrl(),
        fc.string({ maxLength: 30 }),
        fc.string({ unit: 'binary', maxLength: 20 }).map((rest) => `ws://${rest}`),
      ),
      (url) => {
        let target: Target;
        try {
          target = parseUrl(url);
        } catch (error) {
          expect(error).toBeInstanceOf(SyntaxError);
          return;
        }
        const again = new URL(`${target.secure ? 'wss' : 'ws'}://${target.host}${target.resource}`);
        // A query that is empty has no "?" in the resource name (RFC 6455 §3).
        expect(again.href).toBe(new URL(url).href.replace(/^http/, 'ws').replace(/^([^?]*)\?$/, '$1'));
        expect(target.port).toBe(Number(again.port) || (target.secure ? 443 : 80));
      },
    ),
  );

  const target = parseUrl('ws://localhost/');

  fuzz(
    'makes a request of its options that the server accepts, or throws a SyntaxError or TypeError',
    200,
    fc.property(
      fc.array(fc.oneof({ weight: 5, arbitrary: tokens }, values), { maxLength: 4 }),
      fc.array(fc.tuple(fc.constantFrom('Origin', 'Cookie', 'Host', 'x y'), values), { maxLength: 2 }),
      (protocols, headers) => {
        let request: ClientRequest;
        try {
          request = createRequest(target, { protocols, headers });
          expect(formatRequest(request).split('\r\n\r\n')).toHaveLength(2);
        } catch (error) {
          if (!(error instanceof SyntaxError)) expect(error).toBeInstanceOf(TypeError);
          return;
        }
        const answer = answerUpgrade(
          { method: 'GET', httpVersion: '1.1', headers: request.headers },
          { protocols },
        );
        expect(answer.status, answer.reason).toBe(101);
        expect(checkResponse(request, answer)).toEqual({ protocol: protocols[0] ?? '' });
      },
    ),
  );

  fuzz(
    'takes any answer apart: a protocol that was offered, or a HandshakeError',
    400,
    fc.property(
      fc.oneof({ weight: 3, arbitrary: fc.constant(101) }, fc.integer({ min: 100, max: 599 })),
      headerLists,
      fc.boolean(),
      (status, headers, isAnswered) => {
        const request = createRequest(target, { protocols: ['chat.v1'] });
        const answer = answerUpgrade({ method: 'GET', httpVersion: '1.1', headers: request.headers });
        try {
          const checked = checkResponse(request, {
            status,
            headers: isAnswered ? [...answer.headers, ...headers] : headers,
          });
          expect(status).toBe(101);
          expect(isAnswered).toBe(true);
          expect(['', 'chat.v1']).toContain(checked.protocol);
        } catch (error) {
          expect(error).toBeInstanceOf(HandshakeError);
        }
      },
    ),
  );
});
