import { AssertionError } from 'node:assert';
import fc from 'fast-check';
import { expect } from 'vitest';
import { answerUpgrade, type HeaderList } from '#labs/01-handshake';
import {
  type ClientRequest,
  checkResponse,
  createRequest,
  formatRequest,
  HandshakeError,
  type HandshakeErrorCode,
  parseUrl,
  type RequestOptions,
  type Target,
  type UpgradeResponse,
} from '#labs/02-client-handshake';
import { Unfinished } from '../workbook/unfinished.ts';
import { check } from './support/check.ts';
import {
  exampleAccept,
  exampleKey,
  expectAlways,
  expectNoInjection,
  lowerCaseElements,
  parseMessage,
  plainAnswerHeaders,
  plainRequest,
  replaceHeader,
  valuesOf,
} from './support/handshake.ts';
import { recordedAnswer } from './support/handshake-recordings.ts';

const target: Target = {
  secure: false,
  hostname: 'chat.example',
  port: 80,
  host: 'chat.example',
  resource: '/chat',
};

/** Expects the URL to lead there, field by field. */
function expectTarget(url: string, expected: Partial<Target>): void {
  const parsed = parseUrl(url);
  for (const [field, value] of Object.entries(expected)) {
    expect(parsed[field as keyof Target], `${field} of ${url}`).toBe(value);
  }
}

/** Expects the answer to be taken, with that subprotocol. */
function expectTaken(response: UpgradeResponse, request = asked(), protocol = ''): void {
  let result: { protocol: string };
  try {
    result = checkResponse(request, response);
  } catch (error) {
    if (!(error instanceof HandshakeError)) throw error;
    const lines = response.headers.map(([name, value]) => `  ${name}: ${value}`);
    const message = [`this answer is right, but ${error.code} came (${error.message}), for`, ...lines];
    throw new AssertionError({ message: message.join('\n') });
  }
  expect(result.protocol, 'the subprotocol of the connection').toBe(protocol);
}

/** The headers as they are on the wire. */
function sent(options?: RequestOptions, to: Target = target): HeaderList {
  return parseMessage(formatRequest(createRequest(to, options))).headers;
}

/** A request with the RFC's example key, made by hand, so that answers are judged alone. */
function asked(protocols: readonly string[] = [], more: HeaderList = []): ClientRequest {
  const offer = protocols.length > 0 ? [['Sec-WebSocket-Protocol', protocols.join(', ')] as const] : [];
  return {
    resource: '/chat',
    headers: [...plainRequest.headers, ...offer, ...more],
    key: exampleKey,
    protocols,
  };
}

/** The least that accepts the request, with one header replaced. */
function answerWith(name: string, ...values: string[]): UpgradeResponse {
  return { status: 101, headers: replaceHeader(plainAnswerHeaders, name, ...values) };
}

/** Expects the answer to be refused by that code, and returns the error. */
function expectFailure(
  code: HandshakeErrorCode,
  why: string,
  response: UpgradeResponse,
  request: ClientRequest = asked(['chat.v1', 'chat.v2']),
): HandshakeError {
  try {
    checkResponse(request, response);
  } catch (error) {
    if (!(error instanceof HandshakeError)) throw error;
    expect(error.code, `${why}: the code of the HandshakeError`).toBe(code);
    return error;
  }
  throw new AssertionError({
    message: `${why}: expected a HandshakeError "${code}", but the answer was taken`,
  });
}

/** Expects a SyntaxError; what `new URL` throws is a TypeError. */
function expectSyntaxError(what: string, call: () => unknown): void {
  let error: unknown;
  try {
    call();
  } catch (thrown) {
    error = thrown;
  }
  if (error instanceof Unfinished) throw error;
  if (error instanceof Error && error.name === 'SyntaxError') return;
  throw new AssertionError({ message: `${what}: expected a SyntaxError, got ${error ?? 'none'}` });
}

/** What the call returns, or undefined when it refuses by an exception of its own. */
function unlessRefused<Result>(call: () => Result): Result | undefined {
  try {
    return call();
  } catch (error) {
    if (error instanceof Unfinished || error instanceof ReferenceError) throw error;
    return undefined;
  }
}

check(
  'A ws: URL names host, port 80 and resource',
  {
    rfc: '6455 §3',
    hint: [
      'What does new URL("ws://chat.example/chat") already know?',
      'Take the parts from URL. Its port is empty when the URL gives none: that means 80.',
    ],
  },
  () => {
    expectTarget('ws://chat.example/chat', target);
    expectTarget('WS://Chat.Example/chat', target);
  },
);

check(
  'A wss: URL is secure, and its port is 443',
  {
    rfc: '6455 §3',
    hint: [
      'Which port does HTTPS use?',
      '`secure` is true for wss:, and the port 443 unless the URL gives another.',
    ],
  },
  () => {
    expectTarget('wss://chat.example/chat', { ...target, secure: true, port: 443 });
    expectTarget('wss://chat.example:8443/', { secure: true, port: 8443 });
  },
);

check(
  'Only a port that is not the default stands in the Host header',
  {
    rfc: '6455 §4.1',
    hint: [
      'URL leaves out the default port by itself: compare its host and hostname.',
      'host is URL.host. 443 is the default of wss: alone; in a ws: URL it stays.',
    ],
  },
  () => {
    expectTarget('ws://chat.example:8080/', { port: 8080, host: 'chat.example:8080' });
    expectTarget('ws://chat.example:80/', { port: 80, host: 'chat.example' });
    expectTarget('wss://chat.example:443/', { port: 443, host: 'chat.example' });
    expectTarget('ws://chat.example:443/', { port: 443, host: 'chat.example:443' });
    expectTarget('wss://chat.example:80/', { port: 80, host: 'chat.example:80' });
  },
);

check(
  'The resource is path and query, and never empty',
  {
    rfc: '6455 §3',
    hint: [
      'Where does the token in ws://host/chat?token=42 go?',
      'Join pathname and search of the URL: for ws: URLs its pathname is at least "/".',
    ],
  },
  () => {
    expectTarget('ws://chat.example', { resource: '/' });
    expectTarget('ws://chat.example/a/b?room=1&x=%23', { resource: '/a/b?room=1&x=%23' });
    expectTarget('ws://chat.example?room=1', { resource: '/?room=1' });
    expectTarget('ws://chat.example/grün b', { resource: '/gr%C3%BCn%20b' });
  },
);

check(
  'An IPv6 address loses its brackets to connect, and keeps them in Host',
  {
    rfc: '3986 §3.2.2',
    hint: [
      'The brackets tell the colons of the address from the colon of the port. Does net.connect want them?',
      'Cut the brackets off hostname; leave them in host.',
    ],
  },
  () => {
    expectTarget('ws://[::1]:8080/', { hostname: '::1', port: 8080, host: '[::1]:8080' });
    expectTarget('wss://[2001:DB8::1]/', { hostname: '2001:db8::1', host: '[2001:db8::1]' });
    expectTarget('ws://127.0.0.1/', { hostname: '127.0.0.1', host: '127.0.0.1' });
  },
);

check(
  'http: and https: mean ws: and wss:',
  {
    rfc: 'WHATWG WebSockets §3.1',
    hint: [
      'Browsers take them too, so that a page can use its own address.',
      'Let http: through like ws:, and https: like wss:.',
    ],
  },
  () => {
    expectTarget('http://chat.example/chat', target);
    expectTarget('https://chat.example/chat', { ...target, secure: true, port: 443 });
  },
);

check(
  'A fragment is refused, even an empty one',
  {
    rfc: '6455 §3',
    hint: [
      'What is new URL("ws://host/#").hash?',
      'It is empty; look for "#" in href instead. A "#" that begins no fragment is written %23.',
    ],
  },
  () => {
    expectSyntaxError('ws://chat.example/#top', () => parseUrl('ws://chat.example/#top'));
    expectSyntaxError('ws://chat.example/chat?a=b#', () => parseUrl('ws://chat.example/chat?a=b#'));
    expectTarget('ws://chat.example/%23', { resource: '/%23' });
  },
);

check(
  'A URL of another scheme is a SyntaxError',
  {
    rfc: 'WHATWG WebSockets §3.1',
    hint: [
      'Could someone pass the address of a file?',
      'Allow four schemes, ws: and wss:, http: and https:, and throw a SyntaxError for any other.',
    ],
  },
  () => {
    for (const url of ['ftp://chat.example/', 'file:///chat', 'wsx://chat.example/', 'chat:room']) {
      expectSyntaxError(url, () => parseUrl(url));
    }
  },
);

check(
  'A text that is no URL is a SyntaxError',
  {
    rfc: 'WHATWG WebSockets §3.1',
    hint: [
      'What kind of error does new URL throw, and what kind does WebSocket throw in a browser?',
      'Ask URL.canParse first, or catch the TypeError of new URL.',
    ],
  },
  () => {
    const relative = ['', '/chat', '//chat.example/', 'chat.example'];
    for (const url of [...relative, 'ws://', 'ws:// /', 'ws://chat.example:99999/', 'ws://[::1/']) {
      expectSyntaxError(JSON.stringify(url), () => parseUrl(url));
    }
  },
);

check(
  'User name and password do not become part of the address',
  {
    rfc: '6455 §3',
    hint: [
      'The ws: URL of the RFC is host, port, path and query.',
      'Throw a SyntaxError when URL finds a username or password.',
    ],
  },
  () => {
    expectTarget('ws://chat.example/@me', { resource: '/@me' });
    for (const url of ['ws://me:secret@chat.example/chat', 'ws://me@chat.example/chat']) {
      const parsed = unlessRefused(() => parseUrl(url));
      if (parsed) expect(parsed, `${url} leads to the same place without them`).toEqual(target);
    }
  },
);

check(
  'The request is a GET with the five headers that every handshake needs',
  {
    rfc: '6455 §4.1',
    hint: [
      'The example in RFC 6455 §1.3 has them all, and one for browsers.',
      'Host, Upgrade: websocket, Connection: Upgrade, Sec-WebSocket-Key, Sec-WebSocket-Version: 13.',
    ],
  },
  () => {
    const request = createRequest({
      ...target,
      port: 8080,
      host: 'chat.example:8080',
      resource: '/chat?room=1',
    });
    const { startLine, headers, body } = parseMessage(formatRequest(request));
    expect(startLine, 'the request line').toBe('GET /chat?room=1 HTTP/1.1');
    expect(valuesOf(headers, 'Host'), 'Host').toEqual(['chat.example:8080']);
    expect(lowerCaseElements(headers, 'Upgrade'), 'Upgrade').toEqual(['websocket']);
    expect(lowerCaseElements(headers, 'Connection'), 'Connection').toContain('upgrade');
    expect(valuesOf(headers, 'Sec-WebSocket-Key'), 'Sec-WebSocket-Key').toEqual([request.key]);
    expect(valuesOf(headers, 'Sec-WebSocket-Version'), 'Sec-WebSocket-Version').toEqual(['13']);
    expect(body, 'nothing follows the empty line').toBe('');
  },
);

check(
  'The key is the base64 of 16 random bytes',
  {
    rfc: '6455 §4.1',
    hint: [
      'Which encoding, and of how many bytes?',
      'randomBytes(16), written in base64: 24 characters that end with "==".',
    ],
  },
  () => {
    const sizes: number[] = [];
    const randomBytes = (size: number) => {
      sizes.push(size);
      return Buffer.from(Array.from({ length: size }, (_, index) => index + 1));
    };
    // The RFC's example ends in "EC==", which is no canonical base64: erratum 3150.
    expect(createRequest(target, { randomBytes }).key, 'bytes 01 02 … 10').toBe('AQIDBAUGBwgJCgsMDQ4PEA==');
    expect(sizes, 'bytes asked of options.randomBytes').toEqual([16]);
  },
);

check(
  'Every request has a key of its own',
  {
    rfc: '6455 §4.1',
    hint: [
      'Is your key made once, or for each request?',
      'Call randomBytes in createRequest. Its default is randomBytes of node:crypto.',
    ],
  },
  () => {
    const keys = Array.from({ length: 100 }, () => createRequest(target).key);
    expect(new Set(keys).size, 'different keys of 100').toBe(100);
  },
);

check(
  'Subprotocols are offered in the order given',
  {
    rfc: '6455 §4.1',
    hint: [
      'The server reads them in your order of preference.',
      'Sec-WebSocket-Protocol: the names, joined by commas. Keep them in the request as well.',
    ],
  },
  () => {
    const protocols = ['chat.v2', 'chat.v1'];
    expect(lowerCaseElements(sent({ protocols }), 'Sec-WebSocket-Protocol'), 'offered').toEqual(protocols);
    expect(createRequest(target, { protocols }).protocols, 'kept in the request').toEqual(protocols);
  },
);

check(
  'Without subprotocols there is no header for them',
  {
    rfc: '6455 §4.1',
    hint: [
      'What does [].join(", ") give, and what would a server make of it?',
      'Add the header only if there is a name to offer: its list must not be empty.',
    ],
  },
  () => {
    expect(valuesOf(sent(), 'Sec-WebSocket-Protocol'), 'without options').toEqual([]);
    expect(valuesOf(sent({ protocols: [] }), 'Sec-WebSocket-Protocol'), 'with an empty list').toEqual([]);
  },
);

check(
  'A subprotocol that is no token, or is offered twice, is a SyntaxError',
  {
    rfc: '6455 §4.1',
    hint: [
      'What would the server read if a name had a comma in it?',
      'isToken of lab 01 knows what a name may be; a Set finds repetitions. Case counts.',
    ],
  },
  () => {
    for (const protocol of ['', 'chat v1', 'chat,v1', 'chat/v1', 'chat\r\nInjected: yes', 'chät']) {
      expectSyntaxError(JSON.stringify(protocol), () => createRequest(target, { protocols: [protocol] }));
    }
    expectSyntaxError('chat twice', () => createRequest(target, { protocols: ['chat', 'v2', 'chat'] }));
    const differing = createRequest(target, { protocols: ['chat', 'CHAT'] }).protocols;
    expect(differing, 'two names that differ by case').toEqual(['chat', 'CHAT']);
  },
);

check(
  'Further headers are sent as they were given',
  {
    rfc: '6455 §4.1',
    hint: [
      'A client may need Authorization, Cookie or Origin (item 12).',
      "Append options.headers to the handshake's own.",
    ],
  },
  () => {
    const headers: HeaderList = [
      ['Origin', 'https://chat.example'],
      ['Cookie', 'a=1'],
      ['Cookie', 'b=2'],
    ];
    const written = sent({ headers });
    expect(valuesOf(written, 'Origin'), 'Origin').toEqual(['https://chat.example']);
    expect(valuesOf(written, 'Cookie'), 'Cookie').toEqual(['a=1', 'b=2']);
  },
);

check(
  'A further header cannot replace one of the handshake',
  {
    rfc: '6455 §4.1',
    hint: [
      'What does a server do with two Host headers, or two keys?',
      'Throw a TypeError when a further header has the name, in any case, of one that the handshake sets.',
    ],
  },
  () => {
    const names = ['Host', 'Upgrade', 'Connection', 'Sec-WebSocket-Key', 'Sec-WebSocket-Version'];
    const plain = sent({ protocols: ['chat'] });
    expect(valuesOf(plain, 'Host'), 'Host').toEqual(['chat.example']);
    for (const name of [...names, 'Sec-WebSocket-Protocol', 'host', 'SEC-WEBSOCKET-KEY']) {
      const request = unlessRefused(() =>
        createRequest(target, { protocols: ['chat'], headers: [[name, 'other']] }),
      );
      if (!request) continue;
      const values = valuesOf(parseMessage(formatRequest(request)).headers, name);
      expect(values.length, `lines with the name ${name}`).toBe(valuesOf(plain, name).length);
      expect(values, `the value of ${name}`).not.toContain('other');
    }
  },
);

check(
  'No value can smuggle a line into the request',
  {
    rfc: '9110 §5.5',
    hint: [
      'Whose text ends up in a header? A user name, a token, a room?',
      'formatHead of lab 01 throws for a line with CR or LF in it. Let it write the request.',
    ],
  },
  () => {
    expect(valuesOf(sent({ headers: [['X', 'harmless']] }), 'X'), 'a harmless value').toEqual(['harmless']);
    for (const end of ['\r\n', '\n', '\r', '\r\n\r\n']) {
      const poison = `x${end}Injected: yes`;
      const write = (to: Target, options?: RequestOptions) => () => formatRequest(createRequest(to, options));
      expectNoInjection('A header value', write(target, { headers: [['X', poison]] }));
      expectNoInjection('A header name', write(target, { headers: [[poison, 'x']] }));
      expectNoInjection('The host', write({ ...target, host: poison }));
      expectNoInjection('The resource', write({ ...target, resource: `/${poison}` }));
    }
  },
);

check(
  'A right answer is accepted, however it is written',
  {
    rfc: '6455 §4.1',
    hint: [
      'Header names match in any case; so do the words websocket and upgrade.',
      'Read Connection as a list. Unknown headers do not matter, nor does the order.',
    ],
  },
  () => {
    expectTaken({ status: 101, headers: plainAnswerHeaders });
    const unknown: HeaderList = [
      ['Server', 'x'],
      ['Set-Cookie', 'a=1'],
    ];
    expectTaken({ status: 101, headers: [...unknown, ...[...plainAnswerHeaders].reverse()] });
    expectTaken(answerWith('upgrade', 'WebSocket'));
    expectTaken(answerWith('CONNECTION', 'keep-alive, UPGRADE'));
    expectTaken(answerWith('Connection', 'keep-alive', 'Upgrade'));
    expectTaken(answerWith('sec-websocket-accept', ` ${exampleAccept}\t`));
  },
);

check(
  'The answers of lab 01, and those recorded from ws and websocket-driver, are accepted',
  {
    rfc: '6455 §4.2.2',
    hint: [
      'Your accept key comes from the key you sent: is it the one in request.key?',
      'Compute acceptKey(request.key) by lab 01, and compare it with the header.',
    ],
  },
  () => {
    const request = createRequest(target, { protocols: ['chat.v1', 'chat.v2'] });
    const upgrade = { method: 'GET', httpVersion: '1.1', headers: request.headers };
    const answer = answerUpgrade(upgrade, { protocols: ['chat.v2'] });
    expect(answer.status, `the answer of lab 01 to your request (${answer.reason})`).toBe(101);
    expectTaken(answer, request, 'chat.v2');
    const recorded = { status: 101, headers: parseMessage(recordedAnswer).headers };
    expectTaken(recorded, asked(['chat.v1', 'chat.v2']), 'chat.v1');
  },
);

check(
  'A status other than 101 is an error that says which',
  {
    rfc: '6455 §4.1',
    hint: [
      '200 means that the server answered with a page.',
      'Anything but 101: throw a HandshakeError "unexpected_status" with the status in it.',
    ],
  },
  () => {
    for (const status of [200, 204, 400, 403, 404, 426, 500, 503]) {
      const response = { status, headers: plainAnswerHeaders };
      expect(expectFailure('unexpected_status', `status ${status}`, response).status).toBe(status);
    }
  },
);

check(
  'A redirect says where to',
  {
    rfc: '6455 §4.1',
    hint: [
      'A browser follows no redirect here. A client of yours may, if it knows where to.',
      'Put the Location header of a 3xx into the error.',
    ],
  },
  () => {
    for (const status of [301, 302, 303, 307, 308]) {
      const response: UpgradeResponse = { status, headers: [['location', 'https://new.example/chat']] };
      const error = expectFailure('unexpected_status', `status ${status}`, response);
      expect(error.status, `status of the error for ${status}`).toBe(status);
      expect(error.location, `location of the error for ${status}`).toBe('https://new.example/chat');
    }
    const created: UpgradeResponse = { status: 201, headers: [['Location', '/x']] };
    expect(expectFailure('unexpected_status', 'status 201', created).location, 'no redirect').toBeUndefined();
  },
);

check(
  'A 401 hands over what the server asks for',
  {
    rfc: '6455 §4.1',
    hint: [
      'WWW-Authenticate says which proof the server wants.',
      'Put the WWW-Authenticate header of a 401 into the error as `challenge`.',
    ],
  },
  () => {
    const challenge = 'Bearer realm="chat", error="invalid_token"';
    const response: UpgradeResponse = { status: 401, headers: [['WWW-Authenticate', challenge]] };
    const error = expectFailure('unexpected_status', 'status 401', response);
    expect(error.status, 'status of the error').toBe(401);
    expect(error.challenge, 'challenge of the error').toBe(challenge);
  },
);

check(
  'An answer that upgrades to nothing, or to something else, is refused',
  {
    rfc: '6455 §4.1',
    hint: [
      'Which header says what the connection is from now on?',
      'Upgrade must be there and be "websocket", in any case; else the code is bad_upgrade.',
    ],
  },
  () => {
    expectFailure('bad_upgrade', 'no Upgrade header', answerWith('Upgrade'));
    expectFailure('bad_upgrade', 'Upgrade: h2c', answerWith('Upgrade', 'h2c'));
    expectFailure('bad_upgrade', 'Upgrade: websockets', answerWith('Upgrade', 'websockets'));
  },
);

check(
  'An answer whose Connection header does not list Upgrade is refused',
  {
    rfc: '6455 §4.1',
    hint: [
      'A list again, as in lab 01.',
      'listElements, in lower case, must include exactly "upgrade"; else the code is bad_connection.',
    ],
  },
  () => {
    expectFailure('bad_connection', 'no Connection header', answerWith('Connection'));
    expectFailure('bad_connection', 'Connection: close', answerWith('Connection', 'close'));
    expectFailure('bad_connection', 'Connection: no-upgrade', answerWith('Connection', 'no-upgrade'));
  },
);

check(
  'The accept key must be exactly the one for the key that was sent',
  {
    rfc: '6455 §4.1',
    hint: [
      'A cache could replay an answer to another request. What would differ?',
      'One Sec-WebSocket-Accept line, equal to acceptKey(request.key), case and all; else bad_accept.',
    ],
  },
  () => {
    const name = 'Sec-WebSocket-Accept';
    const other = 'C/0nmHhBztSRGR1CwL6Tf4ZjwpY=';
    expectFailure('bad_accept', 'no accept key', answerWith(name));
    expectFailure('bad_accept', 'an empty accept key', answerWith(name, ''));
    expectFailure('bad_accept', 'the accept key of another key', answerWith(name, other));
    expectFailure('bad_accept', 'the key itself', answerWith(name, exampleKey));
    expectFailure('bad_accept', 'lower case', answerWith(name, exampleAccept.toLowerCase()));
    expectFailure('bad_accept', 'more after it', answerWith(name, `${exampleAccept}=`));
    expectFailure('bad_accept', 'two accept keys (§11.3.3)', answerWith(name, exampleAccept, other));
  },
);

check(
  'An extension that was not offered is refused',
  {
    rfc: '6455 §4.1',
    hint: [
      'What would frames look like if the server compressed and you did not know?',
      'Every name in Sec-WebSocket-Extensions must be in that header of the request; else bad_extension.',
    ],
  },
  () => {
    const name = 'Sec-WebSocket-Extensions';
    const offer = asked([], [[name, 'x-one']]);
    expectFailure('bad_extension', 'nothing was offered', answerWith(name, 'permessage-deflate'));
    expectFailure('bad_extension', 'another was offered', answerWith(name, 'permessage-deflate'), offer);
    expectFailure('bad_extension', 'one of two was offered', answerWith(name, 'x-one, x-two'), offer);
    expectFailure('bad_extension', 'one of two lines was offered', answerWith(name, 'x-one', 'x-two'), offer);
  },
);

check(
  'An extension that was offered may be used, with other parameters',
  {
    rfc: '6455 §9.1',
    hint: [
      'Is "permessage-deflate; client_max_window_bits" what the server must send back?',
      'Compare the names alone: what stands before the first ";", without spaces.',
    ],
  },
  () => {
    const name = 'Sec-WebSocket-Extensions';
    const offer = asked([], [[name, 'x-one, permessage-deflate; client_max_window_bits']]);
    for (const used of ['permessage-deflate', 'permessage-deflate ; server_no_context_takeover', 'x-one']) {
      expectTaken(answerWith(name, used), offer);
    }
  },
);

check(
  'A subprotocol that was not offered is refused',
  {
    rfc: '6455 §4.1',
    hint: [
      'The server chooses, but from your list. Names differ by case.',
      'One line, one name, exactly as in request.protocols; else bad_protocol. No line is fine.',
    ],
  },
  () => {
    const name = 'Sec-WebSocket-Protocol';
    const offer = asked(['chat.v1', 'chat.v2']);
    expectTaken(answerWith(name, 'chat.v2'), offer, 'chat.v2');
    expectFailure('bad_protocol', 'chat.v3', answerWith(name, 'chat.v3'));
    expectFailure('bad_protocol', 'Chat.v1', answerWith(name, 'Chat.v1'));
    expectFailure('bad_protocol', 'an empty name (§4.2.2)', answerWith(name, ''));
    expectFailure('bad_protocol', 'nothing was offered', answerWith(name, 'chat.v1'), asked());
  },
);

check(
  'The server chooses one subprotocol, not several',
  {
    rfc: '6455 §11.3.4',
    hint: [
      'In the answer this header is one name, not a list.',
      'Compare the whole value with the names offered, and refuse a second line.',
    ],
  },
  () => {
    const name = 'Sec-WebSocket-Protocol';
    expectTaken(answerWith(name));
    expectFailure('bad_protocol', 'two in one line', answerWith(name, 'chat.v1, chat.v2'));
    expectFailure('bad_protocol', 'two lines', answerWith(name, 'chat.v1', 'chat.v2'));
  },
);

check(
  'One wrong character anywhere in the answer is found',
  {
    rfc: '6455 §4.1',
    stretch: true,
    hint: [
      'Which part of the answer does your program only look at in passing?',
      'Compare whole values: no startsWith, no includes on text, no pattern without ^ and $.',
    ],
  },
  () => {
    const printable = fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code));
    const place = fc.nat({ max: plainAnswerHeaders.length - 1 });
    expectAlways(
      fc.property(place, fc.nat(), printable, (line, at, character) => {
        const [name, value] = plainAnswerHeaders[line];
        const index = at % value.length;
        const changed = value.slice(0, index) + character + value.slice(index + 1);
        const free = name !== 'Sec-WebSocket-Accept' && changed.toLowerCase() === value.toLowerCase();
        if (changed === value || free) return;
        // A comma makes a list of the rest, which may still be one that asks for the same.
        if (character === ',' && (index === 0 || index === value.length - 1)) return;
        const codes = ['bad_upgrade', 'bad_connection', 'bad_accept'] as const;
        expectFailure(codes[line], `${name}: ${changed}`, answerWith(name, changed));
      }),
    );
  },
);

check(
  'URLs lead where a browser would go',
  {
    rfc: 'WHATWG URL §4.4',
    stretch: true,
    hint: [
      'Did you take the URL apart with a pattern of your own?',
      'URL knows more than any short pattern: other spellings of addresses, dots in paths, names beyond ASCII.',
    ],
  },
  () => {
    expectTarget('ws://0x7f.1/', { hostname: '127.0.0.1', host: '127.0.0.1' });
    expectTarget('ws://chat.example/a/../b/./c', { resource: '/b/c' });
    expectTarget('  ws://chat.example/chat  ', target);
    expectTarget('ws:chat.example/chat', target);
    expectTarget('ws:\\\\chat.example\\chat', target);
    expectTarget('wss://grün.example/', { host: 'xn--grn-ioa.example' });
    expectTarget('ws://chat.example:/chat', target);
    expectTarget('ws://chat.example:0/', { port: 0, host: 'chat.example:0' });
  },
);
