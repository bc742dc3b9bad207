import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage, STATUS_CODES } from 'node:http';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { type ServerOptions, WebSocket, WebSocketServer } from 'ws';
import { answerUpgrade, formatAnswer, type HandshakeOptions } from '#labs/01-handshake';
import {
  checkResponse,
  createRequest,
  formatRequest,
  HandshakeError,
  parseUrl,
  type RequestOptions,
} from '#labs/02-client-handshake';
import { runNode } from '../../workbook/run-tool.ts';
import { parseMessage, parseRequest } from '../support/handshake.ts';

const toClose: (() => void)[] = [];
afterEach(() => {
  for (const close of toClose.splice(0)) close();
});

/** Reads a socket up to the empty line that ends a head. */
async function readHead(socket: Socket): Promise<string> {
  let head = '';
  while (!head.includes('\r\n\r\n')) {
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    head += chunk.toString('latin1');
  }
  return head;
}

/** A server of lab 01 on a bare socket: it answers the handshake, and ends the connection if it refused. */
async function lab01Server(options?: HandshakeOptions): Promise<string> {
  const server: Server = createServer(async (socket) => {
    toClose.push(() => socket.destroy());
    const answer = answerUpgrade(parseRequest(await readHead(socket)), options);
    const written = formatAnswer(answer);
    if (answer.status === 101) socket.write(written);
    else socket.end(written);
  });
  toClose.push(() => server.close());
  return addressOf(server.listen(0, '127.0.0.1'));
}

async function wsServer(options: ServerOptions = {}): Promise<string> {
  const server = new WebSocketServer({ ...options, port: 0, host: '127.0.0.1' });
  toClose.push(() => {
    for (const client of server.clients) client.terminate();
    server.close();
  });
  return addressOf(server);
}

/** A server before another one, which changes the head of the answer. */
async function changingProxy(address: string, change: (answer: string) => string): Promise<string> {
  const [host, port] = address.split(':');
  const server = createServer(async (socket) => {
    const upstream = connect({ host, port: Number(port) });
    toClose.push(
      () => socket.destroy(),
      () => upstream.destroy(),
    );
    socket.pipe(upstream);
    socket.write(change(await readHead(upstream)));
  });
  toClose.push(() => server.close());
  return addressOf(server.listen(0, '127.0.0.1'));
}

async function addressOf(server: Server | WebSocketServer): Promise<string> {
  await once(server, 'listening');
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The client of lab 02 on a bare socket: resolves to what the answer settled, rejects with a HandshakeError. */
async function lab02Client(url: string, options?: RequestOptions): Promise<{ protocol: string }> {
  const target = parseUrl(url);
  const request = createRequest(target, options);
  const socket = connect({ host: target.hostname, port: target.port });
  toClose.push(() => socket.destroy());
  socket.write(formatRequest(request));
  const { startLine, headers } = parseMessage(await readHead(socket));
  return checkResponse(request, { status: Number(startLine.split(' ')[1]), headers });
}

async function handshakeError(attempt: Promise<unknown>): Promise<HandshakeError> {
  const error = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(HandshakeError);
  return error as HandshakeError;
}

describe('the server of lab 01', () => {
  test('opens a WebSocket for ws, with a subprotocol both know and no extension', async () => {
    const address = await lab01Server({ protocols: ['chat.v2'] });
    const client = new WebSocket(`ws://${address}/chat`, ['chat.v1', 'chat.v2']);
    toClose.push(() => client.terminate());
    await once(client, 'open');
    expect(client.protocol).toBe('chat.v2');
    expect(client.extensions).toBe('');
  });

  test('refuses ws when it speaks another version, and ws reads version and reason', async () => {
    const address = await lab01Server();
    const client = new WebSocket(`ws://${address}/`, { protocolVersion: 8 });
    client.on('error', () => {});
    const [, response] = (await once(client, 'unexpected-response')) as [unknown, IncomingMessage];
    expect(response.statusCode).toBe(426);
    expect(response.headers).toMatchObject({ upgrade: 'websocket', 'sec-websocket-version': '13' });
    const body = (await response.setEncoding('utf8').toArray()).join('');
    expect(body).toContain('13');
    expect(response.complete).toBe(true);
  });

  test('answers what is no WebSocket so that node:http understands it', async () => {
    const address = await lab01Server();
    for (const method of ['GET', 'POST']) {
      const request = httpRequest(`http://${address}/`, { method }).end();
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      expect(response.statusCode).toBe(method === 'GET' ? 426 : 405);
      expect(response.statusMessage).toBe(STATUS_CODES[response.statusCode ?? 0]);
      expect((await response.toArray()).length).toBeGreaterThan(0);
    }
  });

  test('opens a WebSocket for the client of lab 02', async () => {
    const address = await lab01Server({ protocols: ['chat.v1'] });
    expect(await lab02Client(`ws://${address}`, { protocols: ['chat.v1'] })).toEqual({ protocol: 'chat.v1' });
  });
});

describe('the client of lab 02', () => {
  test('is let in by ws, with the subprotocol that ws chose', async () => {
    const address = await wsServer({ path: '/chat', handleProtocols: () => 'chat.v2' });
    const url = `http://${address}/chat?room=1`;
    expect(await lab02Client(url, { protocols: ['chat.v1', 'chat.v2'] })).toEqual({ protocol: 'chat.v2' });
  });

  test('is given the extension it offered', async () => {
    const address = await wsServer({ perMessageDeflate: true });
    const headers = [['Sec-WebSocket-Extensions', 'permessage-deflate; client_max_window_bits']] as const;
    expect(await lab02Client(`ws://${address}/`, { headers })).toEqual({ protocol: '' });
  });

  test('refuses an answer of ws that was changed on its way', async () => {
    const address = await wsServer();
    const changes = {
      bad_upgrade: ['Upgrade: websocket', 'Upgrade: h2c'],
      bad_connection: ['Connection: Upgrade', 'Connection: close'],
      bad_accept: ['Sec-WebSocket-Accept: ', 'Sec-WebSocket-Accept: A'],
      bad_protocol: ['\r\n\r\n', '\r\nSec-WebSocket-Protocol: chat.v9\r\n\r\n'],
      bad_extension: ['\r\n\r\n', '\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n'],
    };
    for (const [code, [from, to]] of Object.entries(changes)) {
      const proxy = await changingProxy(address, (answer) => answer.replace(from, to));
      expect(await handshakeError(lab02Client(`ws://${proxy}/`))).toMatchObject({ code, status: 101 });
    }
  });

  test('surfaces a 401 of ws with its challenge, and a path that ws does not serve', async () => {
    const challenge = 'Bearer realm="chat"';
    const guarded = await wsServer({
      verifyClient: (_info, answer) => answer(false, 401, 'Who are you?', { 'WWW-Authenticate': challenge }),
    });
    const error = await handshakeError(lab02Client(`ws://${guarded}/`));
    expect(error).toMatchObject({ code: 'unexpected_status', status: 401, challenge });

    const elsewhere = await wsServer({ path: '/chat' });
    expect(await handshakeError(lab02Client(`ws://${elsewhere}/other`))).toMatchObject({ status: 400 });
  });
});

describe('the script that the page of lab 02 has to try', () => {
  /** What it prints, run as the page says, on the reference. */
  async function knock(...args: string[]): Promise<string> {
    let printed = '';
    const conditions = ['-C', 'solution-01', '-C', 'solution-02'];
    await runNode(['--import', 'tsx', ...conditions, 'docs/labs/try/knock.ts', ...args], (text) => {
      printed += text;
    });
    return printed;
  }

  test('shows both heads and the verdict', async () => {
    const printed = await knock(`ws://${await wsServer()}/chat`, 'chat.v1');
    expect(printed).toContain('GET /chat HTTP/1.1');
    expect(printed).toContain('status 101');
    expect(printed).toContain('A WebSocket. Subprotocol: chat.v1');
  });

  test('says why an answer makes no WebSocket', async () => {
    const printed = await knock(`ws://${await wsServer({ path: '/chat' })}/other`);
    expect(printed).toContain('No WebSocket. unexpected_status');
  });
});
