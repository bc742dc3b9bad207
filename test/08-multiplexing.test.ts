import { once } from 'node:events';
import type { IncomingHttpHeaders, OutgoingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { expect } from 'vitest';
import { HandshakeError, parseUrl } from '#labs/02-client-handshake';
import { encodeFrame, Opcode } from '#labs/03-frames';
import type { Connection } from '#labs/06-connection';
import {
  type AcceptStreamOptions,
  acceptStream,
  answerConnect,
  checkConnectResponse,
  connectHeaders,
  openWebSocket,
  UnsupportedError,
} from '#labs/08-multiplexing';
import { Unfinished } from '../workbook/unfinished.ts';
import { check } from './support/check.ts';
import {
  answerOf,
  BareClient,
  closeCode,
  closeOf,
  connectTo,
  connectWith,
  enableConnect,
  FrameType,
  firstFrame,
  nextText,
  plainConnect,
  SilentServer,
  serve,
  within,
} from './support/http2.ts';
import { turns, until } from './support/wire.ts';

const cancel = 8;

/** Names of what belongs to HTTP/1.1 among these headers, in any case. */
function leftovers(headers: OutgoingHttpHeaders): string[] {
  const forbidden = ['connection', 'upgrade', 'host', 'sec-websocket-key', 'sec-websocket-accept'];
  return Object.keys(headers).filter((name) => forbidden.includes(name.toLowerCase()));
}

/** A server on the lab's acceptStream; `connections` are those let in. */
async function serveLab(options: AcceptStreamOptions = {}) {
  const connections: Connection[] = [];
  const server = await serve((stream, headers) => {
    const connection = acceptStream(stream, headers, options);
    if (connection) connections.push(connection);
  });
  return { ...server, connections };
}

/** A server of bare HTTP/2 that lets everybody in. */
async function serveBare(
  respond: (stream: ServerHttp2Stream) => unknown = (stream) => stream.respond({ ':status': 200 }),
) {
  const requests: IncomingHttpHeaders[] = [];
  const server = await serve((stream, headers) => {
    requests.push(headers);
    respond(stream);
  });
  return { ...server, requests };
}

/** An error of the promise; fails when there is none. */
async function errorOf(promise: Promise<unknown>, expected: string): Promise<Error> {
  return await within(
    promise.then(
      () => expect.fail(`The promise is to be rejected: ${expected}`),
      (error: Error) => {
        if (error instanceof Unfinished) throw error;
        return error;
      },
    ),
    `an answer, or an error: ${expected}`,
  );
}

check(
  'An extended CONNECT is answered with 200',
  {
    rfc: '8441 §5',
    hint: [
      'There is nothing to switch: what was HTTP/2 stays HTTP/2. Which status says simply "yes"?',
      'Status 200, and of the headers you know only sec-websocket-protocol, if a subprotocol was chosen.',
    ],
  },
  () => {
    const answer = answerConnect(plainConnect);
    expect(answer.status, 'The status').toBe(200);
    expect(answer.protocol, 'The subprotocol, none offered').toBe('');
    expect(leftovers(answer.headers), 'Headers of HTTP/1.1 in the answer').toEqual([]);
    expect(Object.keys(answer.headers), 'A subprotocol header, none offered').not.toContain(
      'sec-websocket-protocol',
    );
  },
);

check(
  'The key of HTTP/1.1 is neither needed nor answered',
  {
    rfc: '8441 §5',
    hint: [
      'The key proved that the server had read a WebSocket request. What proves it here?',
      ':protocol does. A request without a key is right; one that has a key gets no sec-websocket-accept.',
    ],
  },
  () => {
    const answer = answerConnect(connectWith({ 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' }));
    expect(answer.status, 'The status for a request with a key').toBe(200);
    expect(leftovers(answer.headers), 'Headers of HTTP/1.1 in the answer').toEqual([]);
    const broken = answerConnect(connectWith({ 'sec-websocket-key': 'not base64' }));
    expect(broken.status, 'The status for a request with a key that is none').toBe(200);
  },
);

check(
  'A tunnel for another protocol, or for none, is not made',
  {
    rfc: '9220 §3',
    hint: [
      'What else may stand in :protocol? What does a CONNECT without it ask for?',
      'Answer 501 for a protocol you do not speak. A CONNECT with none asks for a proxy: refuse it, too.',
    ],
  },
  () => {
    for (const other of ['webtransport', 'connect-udp', 'websockets']) {
      const answer = answerConnect(connectWith({ ':protocol': other }));
      expect(answer.status, `The status for :protocol ${other}`).toBe(501);
    }
    const proxy = answerConnect({ ':method': 'CONNECT', ':authority': 'other.example:443' });
    expect(proxy.status, 'The status for a CONNECT without :protocol').toBeGreaterThanOrEqual(400);
  },
);

check(
  'Only CONNECT begins a WebSocket',
  {
    rfc: '8441 §4',
    hint: [
      'Over HTTP/1.1 the method is GET. And here?',
      'Refuse every method but CONNECT, with 405 say, whatever the other fields are.',
    ],
  },
  () => {
    for (const method of ['GET', 'POST', 'connect']) {
      const { status, reason } = answerConnect(connectWith({ ':method': method }));
      expect(status, `The status for ${method}`).toBeGreaterThanOrEqual(400);
      expect(reason, `Why ${method} is refused, for a person`).not.toBe('');
    }
  },
);

check(
  'A request that lacks :scheme, :authority or :path is refused',
  {
    rfc: '8441 §4',
    hint: [
      'A CONNECT of old has no :path. What does one with :protocol have?',
      'With :protocol, :scheme and :path must be there, and :authority names the server: 400 for one missing.',
    ],
  },
  () => {
    for (const name of [':scheme', ':authority', ':path']) {
      const { status } = answerConnect(connectWith({ [name]: undefined }));
      expect(status, `The status without ${name}`).toBeGreaterThanOrEqual(400);
      expect(status, `The status without ${name}: the client is to blame`).toBeLessThan(500);
    }
  },
);

check(
  'Another version is refused, and the answer names 13',
  {
    rfc: '6455 §4.4',
    hint: [
      'How does a client learn which version to try next?',
      'A 4xx with sec-websocket-version: 13. 426 must have an Upgrade header, so 400 fits better.',
    ],
  },
  () => {
    for (const version of ['8', '14', '13, 13', '013', '', undefined]) {
      const answer = answerConnect(connectWith({ 'sec-websocket-version': version }));
      const what = `for sec-websocket-version ${version ?? 'missing'}`;
      expect(answer.status, `The status ${what}`).toBeGreaterThanOrEqual(400);
      expect(answer.status, `The status ${what}`).toBeLessThan(500);
      expect(String(answer.headers['sec-websocket-version']), `The version in the answer ${what}`).toBe('13');
    }
  },
);

check(
  'No refusal has headers that belong to HTTP/1.1',
  {
    rfc: '9113 §8.2.2',
    hint: [
      'In lab 01 a 426 names what to upgrade to. Can it here?',
      'Connection and Upgrade make a message of HTTP/2 malformed. Leave them out of every answer.',
    ],
  },
  () => {
    for (const change of [
      { 'sec-websocket-version': '8' },
      { ':protocol': 'webtransport' },
      { ':method': 'GET' },
      { 'sec-websocket-protocol': 'a b' },
    ]) {
      const { status, headers } = answerConnect(connectWith(change));
      expect(status, `The status for ${JSON.stringify(change)}`).toBeGreaterThanOrEqual(400);
      expect(leftovers(headers), `Headers of HTTP/1.1 for ${JSON.stringify(change)}`).toEqual([]);
    }
  },
);

check(
  "The subprotocol is the server's first that the client offered",
  {
    rfc: '6455 §4.2.2',
    hint: [
      'Nothing is new here. Whose order counts?',
      "As in lab 01: split the list, take the first of the server's that is in it. None is no header.",
    ],
  },
  () => {
    const choose = (offered: string, protocols?: string[]) =>
      answerConnect(connectWith({ 'sec-websocket-protocol': offered }), { protocols });
    const chosen = choose('v1, v2 ,v3', ['v3', 'v2']);
    expect([chosen.status, chosen.protocol], '"v1, v2 ,v3" to a server of v3 and v2').toEqual([200, 'v3']);
    expect(chosen.headers['sec-websocket-protocol'], 'The header of the answer').toBe('v3');
    for (const [offered, protocols] of [
      ['v1', ['v2']],
      ['v1', undefined],
      ['V2', ['v2']],
    ] as const) {
      const none = choose(offered, protocols && [...protocols]);
      expect([none.status, none.protocol], `"${offered}" to a server of ${protocols ?? 'none'}`).toEqual([
        200,
        '',
      ]);
      expect(none.headers['sec-websocket-protocol'], 'The header when none is chosen').toBeUndefined();
    }
    for (const wrong of ['a b', 'v1, v1', 'v1;q=1']) {
      expect(choose(wrong, ['v1']).status, `The status for "${wrong}"`).toBe(400);
    }
  },
);

check(
  'A client asks with five pseudo-headers',
  {
    rfc: '8441 §5',
    hint: [
      'Where did the request line and the Host header go?',
      ':method CONNECT, :protocol websocket, :scheme http for ws: and https for wss:, :authority, :path.',
    ],
  },
  () => {
    for (const [url, scheme, authority] of [
      ['ws://chat.example/', 'http', 'chat.example'],
      ['wss://chat.example:443/chat', 'https', 'chat.example'],
      ['wss://[::1]:8443', 'https', '[::1]:8443'],
    ]) {
      const { ':method': method, ':protocol': protocol, ...rest } = connectHeaders(parseUrl(url));
      expect([method, protocol], `:method and :protocol for ${url}`).toEqual(['CONNECT', 'websocket']);
      expect([rest[':scheme'], rest[':authority']], `The target for ${url}`).toEqual([scheme, authority]);
    }
  },
);

check(
  ':path is the path with its query',
  {
    rfc: '9113 §8.3.1',
    hint: [
      'What stood between GET and HTTP/1.1 in the request line?',
      "The resource name, which lab 02 has put together: the target's `resource`.",
    ],
  },
  () => {
    for (const [url, path] of [
      ['ws://chat.example', '/'],
      ['wss://chat.example/chat?room=1&since=7', '/chat?room=1&since=7'],
      ['wss://chat.example/?room=1', '/?room=1'],
    ]) {
      expect(connectHeaders(parseUrl(url))[':path'], `:path for ${url}`).toBe(path);
    }
  },
);

check(
  "A client's headers are those of lab 02 without what belongs to HTTP/1.1",
  {
    rfc: '8441 §5',
    hint: [
      'Which headers of the upgrade were about the TCP connection, or the proof?',
      'Leave out Host, Connection, Upgrade and the key. Keep version, protocols and the rest, in lower case.',
    ],
  },
  () => {
    const headers = connectHeaders(parseUrl('wss://chat.example/'), {
      protocols: ['v2', 'v1'],
      headers: [
        ['Origin', 'https://chat.example'],
        ['Sec-WebSocket-Extensions', 'permessage-deflate'],
        ['Cookie', 'a=1'],
        ['cookie', 'b=2'],
      ],
    });
    expect(leftovers(headers), 'Headers of HTTP/1.1 in the request').toEqual([]);
    const names = Object.keys(headers);
    expect(
      names.filter((name) => name !== name.toLowerCase()),
      'Names not in lower case',
    ).toEqual([]);
    expect(
      names.slice(0, 5).every((name) => name.startsWith(':')),
      'Pseudo-headers come first',
    ).toBe(true);
    const { 'sec-websocket-version': version, 'sec-websocket-protocol': protocols, ...rest } = headers;
    expect(String(version), 'sec-websocket-version').toBe('13');
    expect(String(protocols).split(/, */), 'sec-websocket-protocol').toEqual(['v2', 'v1']);
    expect(String(rest['sec-websocket-extensions']), 'The extension offered').toBe('permessage-deflate');
    expect([rest.origin, String(rest.cookie).split(/[,;] */)], 'Origin and cookies').toEqual([
      'https://chat.example',
      ['a=1', 'b=2'],
    ]);
    expect(
      connectHeaders(parseUrl('ws://chat.example/'))['sec-websocket-protocol'],
      'No protocols',
    ).toBeUndefined();
    expect(() => connectHeaders(parseUrl('ws://chat.example/'), { protocols: ['a b'] })).toThrow(SyntaxError);
  },
);

check(
  'Only a 2xx opens the WebSocket, and it needs no accept key',
  {
    rfc: '8441 §5',
    hint: [
      'What did the accept key prove, and why is it not needed here?',
      'Throw HandshakeError unexpected_status unless 200–299, with Location of a 3xx, WWW-Authenticate of a 401.',
    ],
  },
  () => {
    expect(checkConnectResponse(plainConnect, answerOf(200)), 'For status 200').toEqual({
      protocol: '',
    });
    for (const [status, headers] of [
      [403, {}],
      [501, {}],
      [302, { location: 'https://elsewhere.example/' }],
      [401, { 'www-authenticate': 'Bearer' }],
    ] as [number, IncomingHttpHeaders][]) {
      const response = answerOf(status, headers);
      const error = thrown(() => checkConnectResponse(plainConnect, response));
      expect(error, `For status ${status}`).toBeInstanceOf(HandshakeError);
      expect(error, `The error for status ${status}`).toMatchObject({
        code: 'unexpected_status',
        status,
        location: headers.location,
        challenge: headers['www-authenticate'],
      });
    }
  },
);

check(
  'A client takes no subprotocol or extension that it did not offer',
  {
    rfc: '6455 §4.1',
    hint: [
      'The rules of lab 02 hold. What did you offer?',
      'Compare with sec-websocket-protocol and the names in sec-websocket-extensions of your own request.',
    ],
  },
  () => {
    const request = connectHeaders(parseUrl('ws://chat.example/'), {
      protocols: ['v1', 'v2'],
      headers: [['sec-websocket-extensions', 'permessage-deflate; client_max_window_bits']],
    });
    const judge = (answer: IncomingHttpHeaders) => checkConnectResponse(request, answerOf(200, answer));
    expect(judge({ 'sec-websocket-protocol': 'v2' }), 'For one of those offered').toEqual({ protocol: 'v2' });
    expect(
      judge({ 'sec-websocket-extensions': 'permessage-deflate; server_max_window_bits=10' }),
      'For the extension offered, with parameters',
    ).toEqual({ protocol: '' });
    for (const [name, value, code] of [
      ['sec-websocket-protocol', 'v3', 'bad_protocol'],
      ['sec-websocket-protocol', 'V1', 'bad_protocol'],
      ['sec-websocket-protocol', 'v1, v2', 'bad_protocol'],
      ['sec-websocket-extensions', 'permessage-deflate, mux', 'bad_extension'],
    ]) {
      const error = thrown(() => judge({ [name]: value }));
      expect(error, `For ${name}: ${value}`).toBeInstanceOf(HandshakeError);
      expect((error as HandshakeError).code, `The error's code for ${name}: ${value}`).toBe(code);
    }
  },
);

function thrown(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return 'nothing was thrown';
}

check(
  'A server lets a client in, and its frames travel in the DATA of the stream',
  {
    rfc: '8441 §5',
    hint: [
      'A Connection of lab 06 takes any Duplex. What is a stream of HTTP/2?',
      'stream.respond with the answer and :status, then new Connection(stream, { role: "server", … }).',
    ],
  },
  async () => {
    const { connections, ...server } = await serveLab({ protocols: ['v1'] });
    const client = await BareClient.ask(connectTo(server), {
      ...plainConnect,
      'sec-websocket-protocol': 'v0, v1',
    });
    const answer = await client.answer();
    expect([answer[':status'], answer['sec-websocket-protocol']], 'Status and subprotocol').toEqual([
      200,
      'v1',
    ]);
    const [connection] = connections;
    expect(connection?.protocol, 'The subprotocol of the connection').toBe('v1');
    client.send(Opcode.Text, 'Hello');
    expect(await nextText(connection), 'What the server hears').toBe('Hello');
    connection.send('Hi');
    const frame = await firstFrame(client.stream);
    expect([frame.payload.toString(), frame.masked], 'What the client hears, and whether masked').toEqual([
      'Hi',
      false,
    ]);
  },
);

check(
  'A client opens a WebSocket, and masks its frames here, too',
  {
    rfc: '8441 §5',
    hint: [
      'Which role has the Connection? Does HTTP/2 change what a client must do to its frames?',
      'session.request with connectHeaders, wait for the response, then new Connection with role "client".',
    ],
  },
  async () => {
    const server = await serveBare((stream) =>
      stream.respond({ ':status': 200, 'sec-websocket-protocol': 'v1' }),
    );
    const connection = await within(
      openWebSocket(connectTo(server), `${server.url}?room=1`, { protocols: ['v1'] }),
      'openWebSocket, the server having answered 200',
    );
    expect(connection.protocol, 'The subprotocol').toBe('v1');
    const [request] = server.requests;
    expect([request[':method'], request[':protocol'], request[':path']], 'The request').toEqual([
      'CONNECT',
      'websocket',
      '/chat?room=1',
    ]);
    const [stream] = server.streams;
    connection.send('Hello');
    const frame = await firstFrame(stream);
    expect([frame.payload.toString(), frame.masked], 'What the server hears, and whether masked').toEqual([
      'Hello',
      true,
    ]);
    stream.write(encodeFrame({ opcode: Opcode.Text, payload: Buffer.from('Hi') }));
    expect(await nextText(connection), 'What the client hears').toBe('Hi');
  },
);

check(
  'Twenty WebSockets share one TCP connection',
  {
    rfc: '8441 §1',
    hint: [
      'What does the session stand for, and what a stream?',
      'Every openWebSocket is one more request on the same session. Open no new connection.',
    ],
  },
  async () => {
    const { connections, ...server } = await serveLab();
    const session = connectTo(server);
    const clients = await within(
      Promise.all(Array.from({ length: 20 }, () => openWebSocket(session, server.url))),
      'twenty WebSockets, asked for at once',
    );
    for (const connection of connections) {
      connection.on('message', (data) => connection.send(`echo of ${data}`));
    }
    const texts = clients.map((client, index) => {
      client.send(`message ${index}`);
      return nextText(client);
    });
    expect(await Promise.all(texts), 'What each client hears').toEqual(
      clients.map((_, index) => `echo of message ${index}`),
    );
    expect(server.sessions.length, 'TCP connections at the server').toBe(1);
  },
);

check(
  'No WebSocket is asked for before the server has allowed it',
  {
    rfc: '8441 §3',
    hint: [
      'When does a client know that the server understands :protocol?',
      'Wait for the SETTINGS of the server: it has sent them before it acknowledges yours (localSettings).',
    ],
  },
  async () => {
    const server = await SilentServer.listen();
    const opening = openWebSocket(connectTo(server), `ws://127.0.0.1:${server.port}/`);
    opening.catch(() => {});
    const sent = (type: number) => server.frames.filter((frame) => frame.type === type).length;
    const early = () => expect(sent(FrameType.Headers), 'Requests before the setting has come').toBe(0);
    await Promise.race([
      until(
        () => sent(FrameType.Settings) > 0,
        () => "the client's SETTINGS",
      ),
      opening,
    ]);
    await turns(20);
    early();
    await server.greet(enableConnect);
    await until(
      () => sent(FrameType.Headers) > 0,
      () => 'the request, now that SETTINGS_ENABLE_CONNECT_PROTOCOL has come',
    );
  },
);

check(
  'A server that does not allow it is not asked',
  {
    rfc: '8441 §3',
    hint: [
      'A server that knows no :protocol takes the request for malformed. How can you tell beforehand?',
      'Once its SETTINGS are there: throw UnsupportedError unless remoteSettings.enableConnectProtocol is true.',
    ],
  },
  async () => {
    const server = await serve((stream) => stream.respond({ ':status': 200 }), {
      enableConnectProtocol: false,
    });
    const session = connectTo(server);
    for (const when of ['while it connects', 'once it is connected']) {
      const error = await errorOf(openWebSocket(session, server.url), 'the server has not allowed it');
      expect(error, `The error, asked ${when}`).toBeInstanceOf(UnsupportedError);
    }
    await turns();
    expect(server.streams.length, 'Requests that the server got').toBe(0);
  },
);

check(
  'A refused client gets the whole answer, and may ask again on the same connection',
  {
    rfc: '9113 §8.1',
    hint: [
      'What becomes of the stream of a request that was refused? And of the others?',
      'respond with the status, end the stream with the reason as its body, and make no Connection.',
    ],
  },
  async () => {
    const { connections, ...server } = await serveLab();
    const session = connectTo(server);
    const refused = await BareClient.ask(session, connectWith({ ':protocol': 'webtransport' }));
    expect((await refused.answer())[':status'], 'The status for another protocol').toBe(501);
    await closeOf(refused.stream);
    expect(refused.received.toString(), 'The body: why, for a person').not.toBe('');
    expect(connections.length, 'Connections made').toBe(0);
    const welcome = await BareClient.ask(session, plainConnect);
    expect((await welcome.answer())[':status'], 'The status for the next request').toBe(200);
    expect([connections.length, server.sessions.length], 'Connections, and TCP connections').toEqual([1, 1]);
  },
);

check(
  'A refusal is a HandshakeError, and the connection is still good',
  {
    rfc: '8441 §5',
    hint: [
      'What does a client do with the stream of an answer it does not want?',
      'Let checkConnectResponse throw, and close only this stream: stream.close(constants.NGHTTP2_CANCEL).',
    ],
  },
  async () => {
    const statuses = [403, 200];
    const server = await serveBare((stream) => stream.respond({ ':status': statuses.shift() }));
    const session = connectTo(server);
    const error = await errorOf(openWebSocket(session, server.url), 'the server answered 403');
    expect(error, 'The error for status 403').toBeInstanceOf(HandshakeError);
    await closeOf(server.streams[0]);
    await within(openWebSocket(session, server.url), 'the next WebSocket on the same connection');
    expect(server.sessions.length, 'TCP connections').toBe(1);
  },
);

check(
  'One slow reader grows its own bufferedAmount, and stops nobody else',
  {
    rfc: '9113 §5.2',
    hint: [
      'Each stream has a window of its own. Who must stop reading to let it close?',
      'Give the stream itself to the Connection: it pauses the stream, and counts what waits. Copy nothing.',
    ],
  },
  async () => {
    const { connections, ...server } = await serveLab();
    const session = connectTo(server);
    const open = () => within(openWebSocket(session, server.url), 'a WebSocket');
    const [slow, quick] = [await open(), await open()];
    const [toSlow, toQuick] = connections;
    slow.pause();
    const payload = Buffer.alloc(64 * 1024);
    const count = 16;
    for (let sent = 0; sent < count; sent++) toSlow.send(payload);
    for (let turn = 0; turn < 10; turn++) {
      toQuick.send(`message ${turn}`);
      expect(await nextText(quick), 'What the other one hears meanwhile').toBe(`message ${turn}`);
    }
    const waiting = toSlow.bufferedAmount;
    expect(waiting, 'bufferedAmount with 1 MiB sent and one window of 64 KiB').toBeGreaterThan(512 * 1024);
    let came = 0;
    const all = new Promise<void>((resolve) => {
      slow.on('message', () => ++came === count && resolve());
    });
    slow.resume();
    await within(all, `${count} messages, once the slow one reads again`);
    await until(
      () => toSlow.bufferedAmount === 0,
      () => `bufferedAmount 0 after all has come; it is ${toSlow.bufferedAmount}`,
    );
  },
);

check(
  'A stream that is reset is code 1006, and only there',
  {
    rfc: '8441 §5',
    hint: [
      'What is RST_STREAM to a WebSocket, when it stands for the TCP connection?',
      'The Connection sees the stream close without a Close frame: it tells 1006 by itself. Do not touch the session.',
    ],
  },
  async () => {
    const { connections, ...server } = await serveLab();
    const session = connectTo(server);
    const [reset, other] = [
      await BareClient.ask(session, plainConnect),
      await BareClient.ask(session, plainConnect),
    ];
    await Promise.all([reset.answer(), other.answer()]);
    const code = closeCode(connections[0]);
    reset.stream.close(cancel);
    expect(await code, 'The code at the server').toBe(1006);
    const bare = await serveBare();
    const client = await within(openWebSocket(connectTo(bare), bare.url), 'a WebSocket');
    const atClient = closeCode(client);
    bare.streams[0].close(cancel);
    expect(await atClient, 'The code at the client').toBe(1006);
    other.send(Opcode.Text, 'still here');
    expect(await nextText(connections[1]), 'What the other stream brings').toBe('still here');
  },
);

check(
  'terminate resets the stream with CANCEL',
  {
    rfc: '8441 §5',
    hint: [
      'Which error code has the RST_STREAM that stands for a reset of TCP? What does Node send for destroy()?',
      'Lab 06 calls destroy on its socket. Make that stream.close(NGHTTP2_CANCEL) before Node destroys it.',
    ],
  },
  async () => {
    const { connections, ...server } = await serveLab();
    const session = connectTo(server);
    const client = await BareClient.ask(session, plainConnect);
    await client.answer();
    connections[0].terminate();
    expect(await closeOf(client.stream), 'The code of the RST_STREAM from the server').toBe(cancel);
    const bare = await serveBare();
    const ours = await within(openWebSocket(connectTo(bare), bare.url), 'a WebSocket');
    ours.terminate();
    expect(await closeOf(bare.streams[0]), 'The code of the RST_STREAM from the client').toBe(cancel);
  },
);

check(
  'The closing handshake ends the stream, not the TCP connection',
  {
    rfc: '8441 §5',
    hint: [
      'What stands for the FIN of TCP on a stream?',
      'END_STREAM, which stream.end() sends: the Connection does so by itself. No reset, and leave the session alone.',
    ],
  },
  async () => {
    const { connections, ...server } = await serveLab();
    const session = connectTo(server);
    const client = await within(openWebSocket(session, server.url), 'a WebSocket');
    const other = await within(openWebSocket(session, server.url), 'another one');
    connections[0].on('message', () => {});
    client.on('message', () => {});
    const [atClient, atServer] = [closeCode(client), closeCode(connections[0])];
    client.close(1000, 'bye');
    expect(await Promise.all([atClient, atServer]), 'The codes at both ends').toEqual([1000, 1000]);
    expect(await closeOf(server.streams[0]), 'The code of the stream: 0, no RST_STREAM').toBe(0);
    connections[1].send('still here');
    expect(await nextText(other), 'What the other one hears').toBe('still here');
    expect(session.closed, 'Whether the HTTP/2 connection is closing').toBe(false);
    await within(openWebSocket(session, server.url), 'one more WebSocket on the same connection');
  },
);

check(
  'After GOAWAY open WebSockets go on, and no new one is opened',
  {
    rfc: '9113 §6.8',
    hint: [
      'A server that is to be restarted sends GOAWAY. What may the client still do?',
      'Reject when the session is closed (GOAWAY has come), and leave the streams there are alone.',
    ],
  },
  async () => {
    const { connections, ...server } = await serveLab();
    const session = connectTo(server);
    const client = await within(openWebSocket(session, server.url), 'a WebSocket');
    const goaway = once(session, 'goaway');
    server.sessions[0].close();
    await within(goaway, 'GOAWAY');
    const error = await errorOf(openWebSocket(session, server.url), 'GOAWAY has come');
    expect(error.name, 'The error has nothing to do with the setting').not.toBe('UnsupportedError');
    client.send('still here');
    expect(await nextText(connections[0]), 'What the open one brings').toBe('still here');
    connections[0].send('me too');
    expect(await nextText(client), 'And back').toBe('me too');
    expect(server.streams.length, 'Streams that the server got').toBe(1);
  },
);

check(
  'When the TCP connection breaks, all its WebSockets are 1006',
  {
    rfc: '6455 §7.1.5',
    hint: [
      'What have twenty WebSockets on one TCP connection in common?',
      'Its end. Each Connection sees its stream close, and tells 1006: nothing for you to do but not to hide it.',
    ],
  },
  async () => {
    const { connections, ...server } = await serveLab();
    const session = connectTo(server);
    const clients = await within(
      Promise.all([1, 2, 3].map(() => openWebSocket(session, server.url))),
      'three WebSockets',
    );
    const codes = [...clients, ...connections].map(closeCode);
    server.cut();
    expect(await Promise.all(codes), 'The codes at both ends').toEqual(codes.map(() => 1006));
  },
);

check(
  'A stream that ends before it is answered is an error, not a wait for ever',
  {
    rfc: '9113 §8.7',
    stretch: true,
    hint: [
      'Which events come when the server resets the stream, or the connection breaks, instead of an answer?',
      "With CANCEL there is only 'close': listen for it beside 'response' and 'error', and reject.",
    ],
  },
  async () => {
    const server = await serveBare((stream) => stream.close(cancel));
    const session = connectTo(server);
    const reset = await errorOf(openWebSocket(session, server.url), 'the stream was reset');
    expect(reset, 'For a reset').toBeInstanceOf(Error);
    const broken = await serveBare((stream) => setImmediate(() => stream.session?.destroy()));
    const gone = await errorOf(openWebSocket(connectTo(broken), broken.url), 'the connection broke');
    expect(gone, 'For a connection that broke').toBeInstanceOf(Error);
    const silent = await SilentServer.listen();
    const waiting = connectTo(silent);
    const opening = errorOf(openWebSocket(waiting, `ws://127.0.0.1:${silent.port}/`), 'no SETTINGS came');
    await within(once(waiting, 'connect'), 'TCP');
    waiting.destroy();
    expect(await opening, 'For a connection destroyed before SETTINGS came').toBeInstanceOf(Error);
  },
);

check(
  'Waiting leaves no listeners behind on the session',
  {
    rfc: '8441 §3',
    stretch: true,
    hint: [
      'A page opens and closes WebSockets all day on one connection. What do you leave on it each time?',
      'Take off every listener that you put on the session once openWebSocket is done, well or not.',
    ],
  },
  async () => {
    const server = await serveBare();
    const session = connectTo(server);
    await within(openWebSocket(session, server.url), 'a WebSocket');
    const listeners = () =>
      session.eventNames().map((name) => `${String(name)} ${session.listenerCount(name)}`);
    const before = listeners();
    for (let turn = 0; turn < 5; turn++) await within(openWebSocket(session, server.url), 'a WebSocket');
    expect(listeners(), 'Listeners on the session after five more').toEqual(before);
  },
);

check(
  'A stream that is gone already is not answered',
  {
    rfc: '9113 §5.1',
    stretch: true,
    hint: [
      'The application asks a database first. What may the client have done meanwhile?',
      'respond on a stream that is closed or destroyed throws. Look first, and return undefined.',
    ],
  },
  async () => {
    const server = await serve(() => {});
    const client = await BareClient.ask(connectTo(server), plainConnect);
    await until(
      () => server.streams.length > 0,
      () => 'the request',
    );
    const [stream] = server.streams;
    client.stream.close(cancel);
    await closeOf(stream);
    expect(acceptStream(stream, plainConnect), 'What acceptStream returns').toBeUndefined();
  },
);
