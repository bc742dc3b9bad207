import { once } from 'node:events';
import { type ClientHttp2Session, connect as connectHttp2, type OutgoingHttpHeaders } from 'node:http2';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { formatOffer, PermessageDeflate } from '#labs/07-compression';
import { openWebSocket } from '#labs/08-multiplexing';
import { subprotocol } from '#labs/10-protocol';
import { makeCertificate } from '../../workbook/chat/certificate.ts';
import { connect } from '../../workbook/websocket.ts';
import { startChat } from './chat-support.ts';

const tls = await makeCertificate();

/** A chat over TLS and HTTP/2, and a client's connection to it that trusts its certificate. */
async function start(
  options = {},
): Promise<{ host: string; close(): Promise<void>; session: ClientHttp2Session }> {
  const chat = await startChat('labs', { tls, http2: true, ...options });
  const session = connectHttp2(`https://${chat.host}`, { ca: tls.cert });
  session.on('error', () => {});
  onTestFinished(() => session.destroy());
  return { ...chat, session };
}

interface Reply {
  status: number | undefined;
  headers: Record<string, unknown>;
  body: string;
}

/** One request over HTTP/2. */
async function ask(session: ClientHttp2Session, headers: OutgoingHttpHeaders, body?: string): Promise<Reply> {
  const stream = session.request(headers, {
    endStream: body === undefined && headers[':method'] !== 'CONNECT',
  });
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  if (body !== undefined) stream.end(body);
  const [answer] = await once(stream, 'response');
  if (!stream.closed) await once(stream, 'close');
  return { status: answer[':status'], headers: answer, body: Buffer.concat(chunks).toString() };
}

async function signIn(session: ClientHttp2Session): Promise<string> {
  const reply = await ask(
    session,
    { ':method': 'POST', ':path': '/session', 'content-type': 'application/json' },
    JSON.stringify({ name: 'Ada' }),
  );
  expect(reply.status).toBe(200);
  return (JSON.parse(reply.body) as { session: string }).session;
}

async function getTicket(session: ClientHttp2Session, bearer: string): Promise<string> {
  const authorization = `Bearer ${bearer}`;
  const reply = await ask(session, { ':method': 'POST', ':path': '/ticket', authorization }, '');
  expect(reply.status).toBe(200);
  return (JSON.parse(reply.body) as { ticket: string }).ticket;
}

const wanted = {
  ':method': 'CONNECT',
  ':protocol': 'websocket',
  ':path': '/chat',
  'sec-websocket-version': '13',
};

describe('the chat over HTTP/2', () => {
  test('the page, sessions, tickets and several WebSockets share one TCP connection', async () => {
    const { host, session } = await start();
    const page = await ask(session, { ':path': '/' });
    expect([page.status, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    const bearer = await signIn(session);
    for (let turn = 0; turn < 3; turn++) {
      const connection = await openWebSocket(session, `wss://${host}/chat`, { protocols: [subprotocol] });
      expect(connection.protocol).toBe(subprotocol);
      connection.send(JSON.stringify({ type: 'auth', ticket: await getTicket(session, bearer) }));
      const [message] = await once(connection, 'message');
      expect(JSON.parse(message)).toMatchObject({ type: 'welcome', user: { name: 'Ada' } });
    }
    const metrics = await ask(session, { ':path': '/metrics' });
    expect(metrics.body).toMatch(/^chat_connections 3$/m);
  });

  test('refuses another path, another origin, another protocol, and a GET', async () => {
    const { host, session } = await start();
    if (!session.remoteSettings?.enableConnectProtocol) await once(session, 'remoteSettings');
    expect((await ask(session, { ...wanted, ':path': '/other' })).status).toBe(404);
    expect((await ask(session, { ...wanted, origin: 'https://evil.example' })).status).toBe(403);
    expect((await ask(session, { ...wanted, ':protocol': 'webtransport' })).status).toBe(501);
    const get = await ask(session, { ':path': '/chat' });
    expect([get.status, get.headers.allow, get.headers.upgrade]).toEqual([405, 'CONNECT', undefined]);
    const own = await openWebSocket(session, `wss://${host}/chat`, {
      headers: [['Origin', `https://${host}`]],
    });
    own.terminate();
  });

  test('compresses for who offers it, and refuses a malformed offer', async () => {
    const { loadEngine } = await import('../../workbook/chat/engine.ts');
    const { startChatServer } = await import('#labs/20-chat-server');
    const server = await startChatServer(0, '127.0.0.1', {
      engine: await loadEngine('labs', { compression: true }),
      page: new Map(),
      tls,
      http2: true,
    });
    const session = connectHttp2(`https://127.0.0.1:${server.address.port}`, { ca: tls.cert });
    onTestFinished(async () => {
      session.destroy();
      await server.close();
    });
    await once(session, 'remoteSettings');
    const offer = { ...wanted, 'sec-websocket-extensions': formatOffer() };
    const stream = session.request(offer, { endStream: false });
    const [answer] = await once(stream, 'response');
    expect(answer['sec-websocket-extensions']).toMatch(/^permessage-deflate/);
    stream.close();
    const broken = { ...wanted, 'sec-websocket-extensions': 'permessage-deflate; =1' };
    expect((await ask(session, broken)).status).toBe(400);
    expect(PermessageDeflate.name).toBe('PermessageDeflate');
  });

  test('who speaks HTTP/1.1 only upgrades as ever', async () => {
    const { host } = await start();
    const theirs = new WebSocket(`wss://${host}/chat`, subprotocol, { ca: tls.cert });
    await once(theirs, 'open');
    theirs.terminate();
    const ours = await connect(`wss://${host}/chat`, { tls: { ca: tls.cert } });
    ours.terminate();
  });

  test('at its end GOAWAY, then drain, 1012 and the end of the TCP connection', async () => {
    const { host, session, close } = await start();
    const connection = await openWebSocket(session, `wss://${host}/chat`, { protocols: [subprotocol] });
    connection.send(
      JSON.stringify({ type: 'auth', ticket: await getTicket(session, await signIn(session)) }),
    );
    await once(connection, 'message');
    const told: string[] = [];
    session.on('goaway', () => told.push('goaway'));
    connection.on('message', (data) => told.push(JSON.parse(data.toString()).type));
    connection.on('close', (code) => told.push(`close ${code}`));
    const ended = once(session, 'close');
    await close();
    await ended;
    expect(told).toEqual(['goaway', 'drain', 'close 1012']);
  });

  test('over TLS alone the WebSocket is an upgrade', async () => {
    const { host } = await startChat('labs', { tls });
    const connection = await connect(`wss://${host}/chat`, { tls: { ca: tls.cert } });
    connection.terminate();
    await expect(connect(`wss://${host}/chat`)).rejects.toThrow(/self-signed|unable to verify/);
  });
});
