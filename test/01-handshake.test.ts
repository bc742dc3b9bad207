import fc from 'fast-check';
import { expect } from 'vitest';
import {
  acceptKey,
  answerUpgrade,
  formatAnswer,
  formatHead,
  type HandshakeAnswer,
  type HandshakeOptions,
  type HeaderList,
  headerValues,
  listElements,
  type UpgradeRequest,
} from '#labs/01-handshake';
import { check } from './support/check.ts';
import {
  exampleAccept,
  exampleKey,
  expectAccepted,
  expectAlways,
  expectNoInjection,
  expectRefused,
  lowerCaseElements,
  parseMessage,
  parseRequest,
  plainRequest,
  replaceHeader,
  requestWith,
  valuesOf,
} from './support/handshake.ts';
import { recordedRequests } from './support/handshake-recordings.ts';

function accepted(request: UpgradeRequest, options?: HandshakeOptions): HandshakeAnswer {
  const answer = answerUpgrade(request, options);
  expectAccepted(request, answer, exampleAccept);
  return answer;
}

function refused(why: string, request: UpgradeRequest): HandshakeAnswer {
  const answer = answerUpgrade(request, { protocols: ['chat.v1'] });
  expectRefused(request, answer, why);
  return answer;
}

/** What the answer says of the subprotocol, in its header and beside it. */
function chosen(offered: string[], spoken: string[]) {
  const { headers, protocol } = accepted(requestWith('Sec-WebSocket-Protocol', ...offered), {
    protocols: spoken,
  });
  return { header: valuesOf(headers, 'Sec-WebSocket-Protocol'), protocol };
}

const none = { header: [], protocol: '' };

check(
  'The accept key is 28 characters: 20 bytes in base64',
  {
    rfc: '6455 §4.2.2',
    hint: [
      'How many bytes does SHA-1 give, and how many characters are they in base64, in hex?',
      "createHash('sha1'), update, then digest('base64').",
    ],
  },
  () => {
    expect(acceptKey(exampleKey), `acceptKey('${exampleKey}')`).toMatch(/^[A-Za-z0-9+/]{27}=$/);
  },
);

check(
  "The accept key of the RFC's own example is right",
  {
    rfc: '6455 §4.2.2',
    hint: [
      'What exactly is hashed: the 16 bytes, or the base64 text that stands for them?',
      'SHA-1 over the key as text, with the GUID directly after it. Ask for the digest in base64.',
    ],
  },
  () => {
    expect(acceptKey(exampleKey), `acceptKey('${exampleKey}')`).toBe(exampleAccept);
  },
);

check(
  'Every key has its own accept key',
  {
    rfc: '6455 §4.2.2',
    hint: [
      'Does your answer depend on the key that came?',
      'Hash the text of the key followed by the GUID, whatever the key is.',
    ],
  },
  () => {
    expect(acceptKey('AQIDBAUGBwgJCgsMDQ4PEA==')).toBe('C/0nmHhBztSRGR1CwL6Tf4ZjwpY=');
    for (const { from, head, accept } of recordedRequests) {
      const [key] = valuesOf(parseRequest(head).headers, 'Sec-WebSocket-Key');
      expect(acceptKey(key), `the accept key for ${key}, which ${from} sent`).toBe(accept);
    }
  },
);

check(
  'A header is found by its name in any case',
  {
    rfc: '9110 §5.1',
    hint: [
      'Is "HOST" the same header as "Host"?',
      'Bring both names to lower case, then compare; return the value of every line that matches, in order.',
    ],
  },
  () => {
    const headers: HeaderList = [
      ['cookie', 'a=1'],
      ['HOST', 'chat.example'],
      ['X-Host', 'other.example'],
      ['Cookie', 'b=2'],
    ];
    expect(headerValues(headers, 'Host'), 'headerValues(headers, "Host")').toEqual(['chat.example']);
    expect(headerValues(headers, 'COOKIE'), 'two lines of one name, in order').toEqual(['a=1', 'b=2']);
    expect(headerValues(headers, 'Origin'), 'a header that is not there').toEqual([]);
  },
);

check(
  'A list header is split into its elements, over all its lines',
  {
    rfc: '9110 §5.6.1',
    hint: [
      'A list is separated by commas, with or without spaces, and two lines are one longer list.',
      'Split each value at its commas, trim every element, and drop the empty ones.',
    ],
  },
  () => {
    const headers: HeaderList = [
      ['Connection', 'keep-alive,Upgrade'],
      ['Host', 'a, b'],
      ['connection', ' ,, x-one \t, ,x-two,'],
    ];
    expect(listElements(headers, 'Connection')).toEqual(['keep-alive', 'Upgrade', 'x-one', 'x-two']);
    expect(listElements(headers, 'Upgrade'), 'a header that is not there').toEqual([]);
  },
);

check(
  'A valid request is answered with 101 and the three headers',
  {
    rfc: '6455 §4.2.2',
    hint: [
      'Three headers make the answer. Two are always the same.',
      'Upgrade: websocket, Connection: Upgrade, and Sec-WebSocket-Accept with the accept key of the key that came.',
    ],
  },
  () => {
    const answer = accepted(plainRequest);
    expect(answer.reason, 'the reason is empty with 101').toBe('');
  },
);

check(
  'Requests recorded from Chromium, Node, ws and websocket-driver are accepted',
  {
    rfc: '6455 §4.2.1',
    hint: [
      'Compare the recorded requests in test/support/handshake-recordings.ts: what differs?',
      'Order and case of header names are free, and headers you do not know are ignored (item 10).',
    ],
  },
  () => {
    for (const { head, accept } of recordedRequests) {
      const request = parseRequest(head);
      const answer = answerUpgrade(request, { protocols: ['chat.v1'] });
      expectAccepted(request, answer, accept);
      expect(answer.protocol, 'the subprotocol').toBe('chat.v1');
    }
  },
);

check(
  'Upgrade and Connection may be lists, in any case, over several lines',
  {
    rfc: '6455 §4.2.1',
    hint: [
      'Firefox sends "Connection: keep-alive, Upgrade".',
      'Read both headers as lists, and look for the element "websocket" or "upgrade" in lower case.',
    ],
  },
  () => {
    accepted(requestWith('Connection', 'keep-alive, Upgrade'));
    accepted(requestWith('Connection', 'UPGRADE'));
    accepted(requestWith('Connection', 'keep-alive', 'upgrade'));
    accepted(requestWith('Connection', 'upgrade', 'keep-alive'));
    accepted(requestWith('Connection', ', ,keep-alive,,Upgrade ,'));
    accepted(requestWith('Upgrade', 'WebSocket'));
    accepted(requestWith('Upgrade', 'h2c, websocket'));
    accepted(requestWith('upgrade', 'h2c', 'WEBSOCKET'));
  },
);

check(
  'A request that does not ask for an upgrade to websocket gets none',
  {
    rfc: '6455 §4.2.1',
    hint: [
      'Both headers must be there. Which proxies drop one of them?',
      'Refuse when Upgrade lists no "websocket", and when Connection lists no "upgrade".',
    ],
  },
  () => {
    refused('there is no Upgrade header', requestWith('Upgrade'));
    refused('it asks for another protocol', requestWith('Upgrade', 'h2c'));
    refused('there is no Connection header', requestWith('Connection'));
    refused('Connection does not list upgrade', requestWith('Connection', 'keep-alive'));
  },
);

check(
  'A word that only contains "upgrade" or "websocket" is another word',
  {
    rfc: '9110 §5.6.2',
    hint: [
      'What does "no-upgrade".includes("upgrade") say?',
      'Compare whole list elements. A search in the text of the header finds too much.',
    ],
  },
  () => {
    refused('"no-upgrade" is not "upgrade"', requestWith('Connection', 'no-upgrade'));
    refused('"upgrades" is not "upgrade"', requestWith('Connection', 'keep-alive, upgrades'));
    refused('"websockets" is not "websocket"', requestWith('Upgrade', 'websockets'));
    refused('"x-websocket" is not "websocket"', requestWith('Upgrade', 'x-websocket'));
  },
);

check(
  'Only GET opens a WebSocket',
  {
    rfc: '6455 §4.2.1',
    hint: [
      'Method names are case-sensitive (RFC 9110 §9.1).',
      'Anything but exactly "GET" is refused. With status 405, say in an Allow header what is allowed.',
    ],
  },
  () => {
    for (const method of ['POST', 'HEAD', 'PUT', 'OPTIONS', 'CONNECT', 'get', '']) {
      const answer = refused(`the method is "${method}"`, { ...plainRequest, method });
      if (answer.status !== 405) continue;
      expect(lowerCaseElements(answer.headers, 'Allow'), '405 needs Allow (RFC 9110 §15.5.6)').toContain(
        'get',
      );
    }
  },
);

check(
  'HTTP/1.0 cannot be upgraded',
  {
    rfc: '9110 §7.8',
    hint: [
      'A server must ignore an Upgrade header in an HTTP/1.0 request.',
      'Compare the version as a number: it is at least 1.1, or the request is refused.',
    ],
  },
  () => {
    refused('HTTP/1.0 has no Upgrade', { ...plainRequest, httpVersion: '1.0' });
    refused('HTTP/0.9 has no Upgrade', { ...plainRequest, httpVersion: '0.9' });
    accepted({ ...plainRequest, httpVersion: '1.2' });
  },
);

check(
  'The Host header is needed, once',
  {
    rfc: '9112 §3.2',
    hint: [
      'Which of two Host headers would be the right one?',
      'Refuse a request with no Host line, or with more than one, even if both say the same.',
    ],
  },
  () => {
    refused('there is no Host header', requestWith('Host'));
    refused('there are two Host headers', requestWith('Host', 'chat.example', 'other.example'));
    refused('there are two Host headers', requestWith('Host', 'chat.example', 'chat.example'));
  },
);

check(
  'The key is needed, once',
  {
    rfc: '6455 §11.3.1',
    hint: [
      'With two keys, which one would you answer?',
      'Refuse a request with no Sec-WebSocket-Key line, or with more than one.',
    ],
  },
  () => {
    const other = 'AQIDBAUGBwgJCgsMDQ4PEA==';
    refused('there is no key', requestWith('Sec-WebSocket-Key'));
    refused('there are two keys', requestWith('Sec-WebSocket-Key', exampleKey, other));
    refused('there are two keys', requestWith('Sec-WebSocket-Key', exampleKey, exampleKey));
    refused(
      'two keys on one line are not base64',
      requestWith('Sec-WebSocket-Key', `${exampleKey}, ${other}`),
    );
  },
);

check(
  'The key must be the base64 of 16 bytes',
  {
    rfc: '6455 §4.2.1',
    hint: [
      'How many characters of base64 stand for 16 bytes, and how do they end? Buffer.from(key, "base64") skips what it cannot read.',
      '22 characters of the base64 alphabet, then "==". Test the text; no decoding is needed.',
    ],
  },
  () => {
    const wrong = {
      'an empty key': '',
      'a key of 15 bytes': Buffer.alloc(15, 7).toString('base64'),
      'a key of 17 bytes': Buffer.alloc(17, 7).toString('base64'),
      'a key of 32 bytes': Buffer.alloc(32, 7).toString('base64'),
      '16 characters that are not base64 of 16 bytes': 'sixteen byte key',
      'a key without its padding': exampleKey.slice(0, -2),
      'a key with a character that base64 does not have': 'dGhlIHNhbXBsZSBub25j*Q==',
      'a key in base64url': '-_-_-_-_-_-_-_-_-_-_-w==',
      'a key with more after it': `${exampleKey}AAAA`,
    };
    for (const [what, key] of Object.entries(wrong)) refused(what, requestWith('Sec-WebSocket-Key', key));
  },
);

check(
  'A version other than 13 is refused, and the answer names 13',
  {
    rfc: '6455 §4.4',
    hint: [
      'How can a client of version 25 learn which version to try instead?',
      'The refusal, a 426 say, carries the header Sec-WebSocket-Version: 13.',
    ],
  },
  () => {
    for (const version of ['0', '7', '8', '12', '14', '25']) {
      const { headers } = refused(
        `version ${version} is not 13`,
        requestWith('Sec-WebSocket-Version', version),
      );
      const named = lowerCaseElements(headers, 'Sec-WebSocket-Version');
      expect(named, `the refusal of version ${version} names the version to use`).toContain('13');
    }
  },
);

check(
  'The version is exactly 13, and comes once',
  {
    rfc: '6455 §11.3.5',
    hint: [
      'The header must not appear more than once in a request, not even with 13 in both.',
      'Exactly one line, exactly the text 13.',
    ],
  },
  () => {
    refused('there is no version', requestWith('Sec-WebSocket-Version'));
    refused('there are two versions', requestWith('Sec-WebSocket-Version', '13', '8'));
    refused('there are two versions', requestWith('Sec-WebSocket-Version', '8', '13'));
    refused('there are two versions', requestWith('Sec-WebSocket-Version', '13', '13'));
    for (const version of ['', '113', '130', '013', '13.0', '13, 8', 'thirteen']) {
      refused(`"${version}" is not 13`, requestWith('Sec-WebSocket-Version', version));
    }
  },
);

check(
  'A 426 says what to upgrade to',
  {
    rfc: '9110 §15.5.22',
    hint: [
      '426 means "Upgrade Required". To what?',
      'A 426 must carry Upgrade: websocket, and with it Connection: Upgrade (RFC 9110 §7.8).',
    ],
  },
  () => {
    const requests = [
      requestWith('Sec-WebSocket-Version', '8'),
      requestWith('Sec-WebSocket-Version'),
      requestWith('Upgrade'),
      { ...plainRequest, httpVersion: '1.0' },
    ];
    const answers = requests.map((request) => answerUpgrade(request));
    for (const { headers } of answers.filter(({ status }) => status === 426)) {
      expect(lowerCaseElements(headers, 'Upgrade'), 'the Upgrade header of a 426').toContain('websocket');
      expect(lowerCaseElements(headers, 'Connection'), 'the Connection header of a 426').toContain('upgrade');
    }
  },
);

check(
  'An extension is not in the answer unless it was negotiated',
  {
    rfc: '6455 §9.1',
    hint: [
      'Browsers offer permessage-deflate. Can this server inflate?',
      'Ignore Sec-WebSocket-Extensions for now: without it in the answer, no extension is in use.',
    ],
  },
  () => {
    const offer = 'permessage-deflate; client_max_window_bits';
    const { headers } = accepted(requestWith('Sec-WebSocket-Extensions', offer));
    expect(valuesOf(headers, 'Sec-WebSocket-Extensions'), 'extensions in the answer').toEqual([]);
  },
);

check(
  'The subprotocol is one that the client offered and the server speaks',
  {
    rfc: '6455 §4.2.2',
    hint: [
      'Two lists: what was offered, in one header line or several, and options.protocols.',
      'Take the first of options.protocols that is among those offered; put it in a header and in `protocol`.',
    ],
  },
  () => {
    const v2 = { header: ['chat.v2'], protocol: 'chat.v2' };
    expect(chosen(['chat.v1, chat.v2'], ['chat.v2']), 'offered: chat.v1, chat.v2; spoken: chat.v2').toEqual(
      v2,
    );
    expect(chosen(['chat.v1', 'chat.v2'], ['chat.v2']), 'offered on two lines').toEqual(v2);
    expect(chosen(['chat.v2', 'chat.v1'], ['chat.v2']), 'offered on two lines').toEqual(v2);
    expect(chosen(['chat.v2'], ['chat.v3', 'chat.v2']), 'spoken: chat.v3, chat.v2').toEqual(v2);
    const { header, protocol } = chosen(['a, b'], ['b', 'a']);
    expect(header, 'both are possible: one header, with the same name as `protocol`').toEqual([protocol]);
    expect(['a', 'b'], 'one of those in common').toContain(protocol);
  },
);

check(
  'A server that speaks no subprotocol names none',
  {
    rfc: '6455 §4.2.2',
    hint: [
      'How does the answer say "none"? The empty string is no legal value of the header.',
      'Without a subprotocol chosen, leave the Sec-WebSocket-Protocol header out.',
    ],
  },
  () => {
    expect(chosen(['chat.v1'], []), 'offered: chat.v1; spoken: none').toEqual(none);
    expect(chosen([], []), 'offered: none; spoken: none').toEqual(none);
    const { headers } = accepted(requestWith('Sec-WebSocket-Protocol', 'chat.v1'));
    expect(valuesOf(headers, 'Sec-WebSocket-Protocol'), 'without options').toEqual([]);
  },
);

check(
  'Without a subprotocol in common, the answer names none',
  {
    rfc: '6455 §4.2.2',
    hint: [
      'A browser fails the connection when the answer names a subprotocol it did not offer.',
      'Do not fall back to one of your own, nor to one of theirs: leave the header out.',
    ],
  },
  () => {
    expect(chosen([], ['chat.v1']), 'offered: none; spoken: chat.v1').toEqual(none);
    expect(chosen(['chat.v1'], ['chat.v2']), 'offered: chat.v1; spoken: chat.v2').toEqual(none);
  },
);

check(
  'Subprotocol names differ by case',
  {
    rfc: '6455 §4.2.2',
    hint: [
      'Upgrade and Connection ignore case. Do subprotocols?',
      'Compare subprotocols as they are: Chat.v1 is not chat.v1.',
    ],
  },
  () => {
    expect(chosen(['Chat.v1'], ['chat.v1']), 'offered: Chat.v1; spoken: chat.v1').toEqual(none);
    const upper = { header: ['CHAT'], protocol: 'CHAT' };
    expect(chosen(['chat, CHAT'], ['CHAT']), 'offered: chat, CHAT; spoken: CHAT').toEqual(upper);
  },
);

check(
  'A subprotocol that is no token, or is offered twice, is refused',
  {
    rfc: '6455 §4.1',
    hint: [
      'Names must be tokens, and all different, over all lines of the header (item 10).',
      'isToken is given. A Set of the names is smaller than the list if one comes twice.',
    ],
  },
  () => {
    for (const offered of ['chat v1', 'chat/v1', 'chat.v1, "chat.v2"', 'chat.v1; q=1', 'chät']) {
      refused(`"${offered}" is not a list of tokens`, requestWith('Sec-WebSocket-Protocol', offered));
    }
    refused('chat.v1 is offered twice', requestWith('Sec-WebSocket-Protocol', 'chat.v1, chat.v1'));
    refused('chat.v1 is offered twice', requestWith('Sec-WebSocket-Protocol', 'chat.v1, chat.v2', 'chat.v1'));
  },
);

check(
  'On the wire every line ends with CR LF',
  {
    rfc: '9112 §2.1',
    hint: [
      'Print your answer with JSON.stringify: where are the \\r\\n?',
      'Join the lines by \\r\\n. A line feed alone is no end of line.',
    ],
  },
  () => {
    for (const written of [
      formatHead('GET / HTTP/1.1', [['Host', 'a']]),
      formatAnswer(accepted(plainRequest)),
    ]) {
      expect(written, 'ends of lines').toContain('\r\n');
      expect(written.replaceAll('\r\n', ''), 'CR or LF that is not part of a CR LF').not.toMatch(/[\r\n]/);
    }
  },
);

check(
  'A head is the start line, a line for each header, and an empty line',
  {
    rfc: '9112 §2.1',
    hint: [
      'How does the reader know that no more headers come?',
      'Start line and "Name: value" lines, each with its \\r\\n, then one more \\r\\n. After a 101 the next byte is a frame.',
    ],
  },
  () => {
    const headers: HeaderList = [
      ['Host', 'chat.example'],
      ['X-Empty', ''],
      ['Cookie', 'a=1'],
      ['Cookie', 'b=2'],
    ];
    const head = parseMessage(formatHead('GET /chat HTTP/1.1', headers));
    expect(head, 'formatHead').toEqual({ startLine: 'GET /chat HTTP/1.1', headers, body: '' });

    const answer = accepted(plainRequest);
    const { startLine, headers: written, body } = parseMessage(formatAnswer(answer));
    expect(startLine, 'the status line').toMatch(/^HTTP\/1\.1 101 [\t -~]*$/);
    expect(written, 'the headers on the wire are those of the answer').toEqual(answer.headers);
    expect(body, 'after the empty line of a 101').toBe('');
  },
);

check(
  'A refusal says why in its body, and closes the connection',
  {
    rfc: '9112 §9.6',
    hint: [
      'The reader needs the reason, its length, and to know that nothing follows.',
      "After the answer's own headers: Content-Type, Content-Length and Connection: close; then the reason.",
    ],
  },
  () => {
    const reason = 'Version 8 is not 13';
    const refusal: HandshakeAnswer = { status: 426, headers: [['X-Own', 'kept']], protocol: '', reason };
    const { startLine, headers, body } = parseMessage(formatAnswer(refusal));
    expect(startLine, 'the status line').toMatch(/^HTTP\/1\.1 426 [\t -~]*$/);
    expect(valuesOf(headers, 'X-Own'), 'a header of the answer').toEqual(['kept']);
    expect(body, 'the body').toContain(reason);
    expect(valuesOf(headers, 'Content-Length'), 'Content-Length').toEqual([String(body.length)]);
    expect(lowerCaseElements(headers, 'Connection'), 'Connection').toContain('close');

    const own = formatAnswer(answerUpgrade(requestWith('Sec-WebSocket-Key')));
    expect(parseMessage(own).body.trim(), 'the body of your own refusal says why').not.toBe('');
  },
);

check(
  'Content-Length counts bytes, not characters',
  {
    rfc: '9110 §8.6',
    hint: [
      'How many bytes is "≠" in UTF-8, and what does .length say?',
      'Buffer.byteLength(body) is what goes on the wire.',
    ],
  },
  () => {
    const refusal: HandshakeAnswer = { status: 400, headers: [], protocol: '', reason: '8 ≠ 13 👋' };
    const { headers, body } = parseMessage(formatAnswer(refusal));
    expect(valuesOf(headers, 'Content-Length'), 'Content-Length').toEqual([String(Buffer.byteLength(body))]);
  },
);

check(
  'No value can smuggle a line into the answer',
  {
    rfc: '9110 §5.5',
    hint: [
      'What goes on the wire for a subprotocol named "chat\\r\\nInjected: yes"?',
      'Before writing a line, throw a TypeError if anything but visible ASCII, space or tab is in it.',
    ],
  },
  () => {
    const answer = accepted(plainRequest);
    expect(parseMessage(formatAnswer(answer)).startLine, 'a harmless answer is written').toContain('101');
    for (const end of ['\r\n', '\n', '\r', '\r\n\r\n', '\0\r\n']) {
      const value = `chat${end}Injected: yes`;
      const poisoned = [
        replaceHeader(answer.headers, 'Sec-WebSocket-Protocol', value),
        [...answer.headers, [value, 'x'] as const],
        [...answer.headers, ['X-Last', `${value}${end}`] as const],
      ];
      for (const headers of poisoned) {
        const what = `A header with ${JSON.stringify(end)} in it`;
        expectNoInjection(what, () => formatAnswer({ ...answer, headers }));
        expectNoInjection(what, () => formatHead('GET / HTTP/1.1', headers));
      }
    }
  },
);

check(
  'No request makes the server throw, or answer what HTTP cannot say',
  {
    rfc: '6455 §4.2.1',
    stretch: true,
    hint: [
      'What is shown is the smallest request found. Which header in it is odd?',
      'Whatever came is answered. Put nothing from the request into a header but the accept key, and a subprotocol of your own.',
    ],
  },
  () => {
    const text = fc.oneof(
      fc.string(),
      fc.constantFrom('websocket', 'Upgrade', '13', exampleKey, 'a, a', ',', 'a\r\nInjected: yes', '\0'),
    );
    const name = fc.constantFrom(
      ...plainRequest.headers.map(([given]) => given),
      'Sec-WebSocket-Protocol',
      'X',
    );
    expectAlways(
      fc.property(
        fc.array(fc.tuple(name, text)),
        text,
        text,
        fc.boolean(),
        (extra, method, version, whole) => {
          const headers = whole ? [...plainRequest.headers, ...extra] : extra;
          const odd = { method: whole ? 'GET' : method, httpVersion: whole ? '1.1' : version, headers };
          const answer = answerUpgrade(odd, { protocols: ['a'] });
          const { startLine, headers: written } = parseMessage(formatAnswer(answer));
          expect(startLine).toMatch(new RegExp(`^HTTP/1\\.1 ${answer.status} `));
          expect(valuesOf(written, 'Injected')).toEqual([]);
          if (answer.status !== 101) expectRefused(odd, answer, 'this is no handshake');
        },
      ),
    );
  },
);

check(
  'A list with thousands of spaces is read as fast as any other of its length',
  {
    rfc: '9110 §5.6.1',
    stretch: true,
    hint: [
      'A regular expression such as /\\s*,\\s*/ tries every space as a beginning, and looks to the end each time.',
      'Split at the comma alone, then trim each element: every character is looked at once or twice.',
    ],
  },
  () => {
    const spaces = ' '.repeat(8_000);
    const request = requestWith('Connection', `keep-alive${spaces}x${spaces}x, Upgrade`);
    const times = [1, 2, 3].map(() => {
      const start = performance.now();
      accepted(request);
      return performance.now() - start;
    });
    // In one pass it takes well under a millisecond; a pass for each space takes hundreds.
    expect(Math.min(...times), 'milliseconds, the fastest of three').toBeLessThan(50);
  },
);
