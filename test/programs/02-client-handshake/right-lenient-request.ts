// Right, and forgiving: it drops what it may not send instead of throwing, and spreads its lists over several lines.
import { webcrypto } from 'node:crypto';
import type { ClientRequest, RequestOptions, Target } from '../../../solutions/02-client-handshake.ts';

export * from '../../../solutions/02-client-handshake.ts';

const token = /^[!#$%&'*+.^`|~\w-]+$/;

export function createRequest(target: Target, options: RequestOptions = {}): ClientRequest {
  const protocols = options.protocols ?? [];
  protocols.forEach((protocol, at) => {
    const wrong = !token.test(protocol) || protocols.indexOf(protocol) !== at;
    if (wrong) throw new DOMException(`The subprotocol "${protocol}" is invalid`, 'SyntaxError');
  });
  const bytes = options.randomBytes?.(16) ?? Buffer.from(webcrypto.getRandomValues(new Uint8Array(16)));
  const key = bytes.toString('base64');
  const headers: [string, string][] = [
    ['sec-websocket-version', '13'],
    ['sec-websocket-key', key],
    ...protocols.map((protocol): [string, string] => ['sec-websocket-protocol', protocol]),
    ['connection', 'keep-alive'],
    ['connection', 'upgrade'],
    ['upgrade', 'WebSocket'],
    ['host', target.host],
  ];
  const own = new Set([...headers.map(([name]) => name), 'sec-websocket-protocol']);
  for (const [name, value] of options.headers ?? []) {
    if (token.test(name) && !own.has(name.toLowerCase())) headers.push([name, value]);
  }
  return { resource: target.resource, headers, key, protocols };
}

export function formatRequest(request: ClientRequest): string {
  const oneLine = (text: string) => text.replace(/[^\t -~]/g, '');
  return [
    `GET ${oneLine(request.resource)} HTTP/1.1`,
    ...request.headers.map(([name, value]) => `${name}:${oneLine(value)}`),
    '',
    '',
  ].join('\r\n');
}
