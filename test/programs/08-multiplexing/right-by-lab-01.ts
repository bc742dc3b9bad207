// The extended CONNECT as the upgrade it stands for, judged by lab 01, as a proxy does that speaks HTTP/1.1 behind it.
import type { IncomingHttpHeaders } from 'node:http2';
import { answerUpgrade, type HandshakeOptions, headerValues } from '#labs/01-handshake';
import type { ConnectAnswer } from '../../../solutions/08-multiplexing.ts';

export * from '../../../solutions/08-multiplexing.ts';

export function answerConnect(headers: IncomingHttpHeaders, options: HandshakeOptions = {}): ConnectAnswer {
  const refuse = (status: number, reason: string) => ({ status, reason, headers: {}, protocol: '' });
  if (headers[':method'] !== 'CONNECT') return refuse(400, 'CONNECT is expected');
  if (headers[':protocol'] === undefined) return refuse(403, 'This is no proxy');
  if (headers[':protocol'].toLowerCase() !== 'websocket') return refuse(501, 'Only WebSocket is spoken here');
  const complete = [':scheme', ':authority', ':path'].every((name) => headers[name]);
  if (!complete) return refuse(400, 'A pseudo-header is missing');
  const kept = ['sec-websocket-version', 'sec-websocket-protocol'].flatMap((name) =>
    headers[name] === undefined ? [] : [[name, String(headers[name])] as const],
  );
  const answer = answerUpgrade(
    {
      method: 'GET',
      httpVersion: '1.1',
      headers: [
        ['Host', headers[':authority'] ?? ''],
        ['Upgrade', 'websocket'],
        ['Connection', 'Upgrade'],
        ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
        ...kept,
      ],
    },
    options,
  );
  const names = ['Sec-WebSocket-Version', 'Sec-WebSocket-Protocol'];
  const answered = names.flatMap((name) =>
    headerValues(answer.headers, name).map((value) => [name.toLowerCase(), value]),
  );
  const statuses: Record<number, number> = { 101: 200, 426: 400 };
  return {
    ...answer,
    status: statuses[answer.status] ?? answer.status,
    headers: Object.fromEntries(answered),
  };
}
