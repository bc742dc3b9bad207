import { frameBytes, text } from '../peer/frame.ts';
import { freshKey, headBytes, open, readHead, writeHead, wrongWithAnswer } from '../peer/opening.ts';
import { Peer, silenceMs } from '../peer/peer.ts';
import { Violation } from '../peer/reader.ts';
import type { Case, HandshakeExpectation, Outcome, ServerHandshakeCase } from './case.ts';
import { offer, readAnswer } from './extension.ts';
import { judge } from './judge.ts';
import { runCase } from './run-case.ts';

/** Runs one case against the server on `port`: the suite is the client. */
export async function testServer(port: number, test: Case): Promise<Outcome> {
  if (test.kind === 'answer') throw new Error(`${test.id} is a case for clients`);
  if (test.kind === 'request') return await testRequest(port, test);
  const socket = await open(port);
  const key = freshKey();
  const wanted = test.compression ?? [];
  await writeHead(
    socket,
    headBytes(upgrade(key, wanted.length > 0 ? [`Sec-WebSocket-Extensions: ${offer(wanted)}`] : [])),
  );
  const head = await readHead(socket, silenceMs);
  const wrong = head ? wrongWithAnswer(head, key) : 'no answer to the handshake';
  if (!head || wrong) {
    socket.destroy();
    return { verdict: 'FAILED', got: `no WebSocket: ${wrong}` };
  }
  try {
    const deflate = readAnswer(wanted, head.headers.get('sec-websocket-extensions'));
    const peer = new Peer(socket, 'client', head.rest, deflate);
    if (wanted.length > 0 && !deflate) return await unimplemented(peer);
    return await runCase(peer, test);
  } catch (error) {
    socket.destroy();
    if (error instanceof Violation) return { verdict: 'FAILED', got: error.message };
    throw error;
  }
}

/** The lines of a plain request, and further ones. */
export function upgrade(key: string, more: readonly string[] = []): string[] {
  return [
    'GET / HTTP/1.1',
    'Host: 127.0.0.1',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Key: ${key}`,
    'Sec-WebSocket-Version: 13',
    ...more,
  ];
}

/** Compression was offered and not taken, which is anyone's right. */
export async function unimplemented(peer: Peer): Promise<Outcome> {
  await peer.closeAndFinish();
  return { verdict: 'UNIMPLEMENTED', got: 'permessage-deflate was not agreed on' };
}

async function testRequest(port: number, test: ServerHandshakeCase): Promise<Outcome> {
  const socket = await open(port);
  const key = freshKey();
  const message = text('Hello');
  const request = headBytes(test.request(key));
  const bytes = test.withMessage ? Buffer.concat([request, frameBytes(message, true)]) : request;
  await writeHead(socket, bytes, test.cut);
  const head = await readHead(socket, silenceMs);
  if (!head) {
    socket.destroy();
    return { verdict: 'FAILED', got: 'no answer' };
  }
  const meets = ({ opens, headers = {} }: HandshakeExpectation) =>
    (opens ? wrongWithAnswer(head, key) === undefined : /^HTTP\/1\.1 4\d\d/.test(head.startLine)) &&
    Object.entries(headers).every(([name, value]) => matches(head.headers.get(name), value));
  const got = [head.startLine, ...[...head.headers].map(([name, value]) => `${name}: ${value}`)].join(' ⏎ ');
  const verdict = meets(test.expect) ? 'OK' : test.lenient && meets(test.lenient) ? 'NON-STRICT' : 'FAILED';
  if (verdict === 'FAILED' || !head.startLine.includes(' 101')) {
    socket.destroy();
    return { verdict, got };
  }
  const peer = new Peer(socket, 'client', head.rest);
  if (!test.withMessage) await peer.send([message]);
  await peer.until(() => peer.over || peer.seen.length > 0);
  await peer.closeAndFinish();
  const echoed = judge(peer, {
    expect: [{ type: 'text', data: message.payload }],
    ending: { kind: 'suite closes', codes: [1000] },
  });
  return echoed.verdict === 'OK' ? { verdict, got } : echoed;
}

function matches(value: string | undefined, wanted: RegExp | undefined): boolean {
  return wanted ? value !== undefined && wanted.test(value) : value === undefined;
}
