import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { frameBytes, text } from '../peer/frame.ts';
import { acceptFor, type Head, headBytes, readHead, writeHead, wrongWithRequest } from '../peer/opening.ts';
import { Peer, silenceMs } from '../peer/peer.ts';
import { Violation } from '../peer/reader.ts';
import type { Case, ClientHandshakeCase, Outcome } from './case.ts';
import { answer } from './extension.ts';
import { judge } from './judge.ts';
import { runCase } from './run-case.ts';
import { unimplemented } from './test-server.ts';

/** What a suite that is the server says to a client: how many cases, then each of them, then the end. */
export interface Script {
  cases: readonly Case[];
  started(test: Case): void;
  finished(test: Case, outcome: Outcome): void;
  /** The client has asked for its report: it believes that it is done. */
  reported(): void;
}

/** Listens for a client, and runs a case on each of its connections as its URL asks. */
export async function listen(script: Script): Promise<{ port: number; close(): void }> {
  const sockets = new Set<Socket>();
  const keys = new Set<string>();
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    void serve(socket, script, keys);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return { port: (server.address() as AddressInfo).port, close };
}

async function serve(socket: Socket, script: Script, keys: Set<string>): Promise<void> {
  const head = await readHead(socket, silenceMs);
  if (!head) {
    socket.destroy();
    return;
  }
  const [, path = '', query = ''] = /^\S+ (\/\w*)\??(\S*)/.exec(head.startLine) ?? [];
  if (path !== '/runCase') {
    await tell(socket, head, path === '/getCaseCount' ? String(script.cases.length) : undefined);
    if (path === '/updateReports') script.reported();
    return;
  }
  const test = script.cases[Number(new URLSearchParams(query).get('case')) - 1];
  script.started(test);
  const key = head.headers.get('sec-websocket-key') ?? '';
  const wrong = wrongWithRequest(head) ?? (keys.has(key) ? 'the key is not a fresh one' : undefined);
  keys.add(key);
  if (wrong) socket.destroy();
  script.finished(test, wrong ? { verdict: 'FAILED', got: wrong } : await testClient(socket, head, test));
}

/** Opens, says one thing if there is one, and closes. */
async function tell(socket: Socket, head: Head, message: string | undefined): Promise<void> {
  await writeHead(socket, headBytes(switching(acceptOf(head))));
  const peer = new Peer(socket, 'server', head.rest);
  if (message !== undefined) await peer.send([text(message)]);
  await peer.closeAndFinish();
}

/** Runs one case with the client that has sent `head`: the suite is the server. */
async function testClient(socket: Socket, head: Head, test: Case): Promise<Outcome> {
  if (test.kind === 'request') throw new Error(`${test.id} is a case for servers`);
  if (test.kind === 'answer') return await testAnswer(socket, head, test);
  try {
    const agreed = test.compression && answer(test.compression, head.headers.get('sec-websocket-extensions'));
    const extension = agreed ? [`Sec-WebSocket-Extensions: ${agreed.header}`] : [];
    await writeHead(socket, headBytes(switching(acceptOf(head), extension)));
    const peer = new Peer(socket, 'server', head.rest, agreed?.deflate);
    if (test.compression && !agreed) return await unimplemented(peer);
    return await runCase(peer, test);
  } catch (error) {
    socket.destroy();
    if (error instanceof Violation) return { verdict: 'FAILED', got: error.message };
    throw error;
  }
}

function acceptOf({ headers }: Head): string {
  return acceptFor(headers.get('sec-websocket-key') ?? '');
}

/** The lines of a plain answer, and further ones. */
export function switching(accept: string, more: readonly string[] = []): string[] {
  return [
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${accept}`,
    ...more,
  ];
}

async function testAnswer(socket: Socket, head: Head, test: ClientHandshakeCase): Promise<Outcome> {
  const message = text('Hello');
  const lines = headBytes(test.answer(acceptOf(head)));
  const bytes = test.withMessage ? Buffer.concat([lines, frameBytes(message, false)]) : lines;
  await writeHead(socket, bytes, test.cut);
  const peer = new Peer(socket, 'server', head.rest);
  if (!test.withMessage) await peer.send([message]);
  if (!test.opens) {
    await peer.until(() => peer.over || peer.seen.length > 0);
    await peer.closeAndFinish();
    const gaveUp = !peer.silent && !peer.violation && !peer.closeReceived && peer.seen.length === 0;
    if (gaveUp) return { verdict: 'OK', got: 'the end of TCP, and no frame' };
    return judge(peer, { expect: [], ending: { kind: 'subject fails', codes: [] } });
  }
  await peer.until(() => peer.over || peer.seen.length > 0);
  await peer.closeAndFinish();
  return judge(peer, {
    expect: [{ type: 'text', data: message.payload }],
    ending: { kind: 'suite closes', codes: [1000] },
  });
}
