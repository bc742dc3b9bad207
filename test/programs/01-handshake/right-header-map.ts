// Right, with the headers gathered once in a Map, the lists read character by character, and SHA-1 from a package.
import { sha1 } from '@noble/hashes/legacy.js';
import type {
  HandshakeAnswer,
  HandshakeOptions,
  HeaderList,
  UpgradeRequest,
} from '../../../solutions/01-handshake.ts';

export * from '../../../solutions/01-handshake.ts';

export function acceptKey(key: string): string {
  const text = `${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
  return Buffer.from(sha1(new TextEncoder().encode(text))).toString('base64');
}

function gather(headers: HeaderList): Map<string, string[]> {
  const byName = new Map<string, string[]>();
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    byName.set(key, [...(byName.get(key) ?? []), value]);
  }
  return byName;
}

export function headerValues(headers: HeaderList, name: string): string[] {
  return gather(headers).get(name.toLowerCase()) ?? [];
}

export function listElements(headers: HeaderList, name: string): string[] {
  return elements(headerValues(headers, name));
}

function elements(values: string[]): string[] {
  const found: string[] = [];
  for (const value of values) {
    let start = -1;
    let end = -1;
    for (let at = 0; at <= value.length; at++) {
      const character = value[at] ?? ',';
      if (character === ',') {
        if (start !== -1) found.push(value.slice(start, end));
        start = -1;
      } else if (character !== ' ' && character !== '\t') {
        if (start === -1) start = at;
        end = at + 1;
      }
    }
  }
  return found;
}

export function answerUpgrade(request: UpgradeRequest, options: HandshakeOptions = {}): HandshakeAnswer {
  const headers = gather(request.headers);
  const all = (name: string) => headers.get(name) ?? [];
  const only = (name: string) => (all(name).length === 1 ? all(name)[0].trim() : '');
  const words = (name: string) => elements(all(name)).map((word) => word.toLowerCase());
  const [major, minor] = request.httpVersion.split('.').map(Number);
  const key = only('sec-websocket-key');
  const decoded = Buffer.from(key, 'base64');
  const offered = elements(all('sec-websocket-protocol'));

  const problem =
    (request.method !== 'GET' && 'method') ||
    (!(major > 1 || (major === 1 && minor >= 1)) && 'HTTP version') ||
    (only('host') === '' && 'host') ||
    (!words('upgrade').includes('websocket') && 'upgrade') ||
    (!words('connection').includes('upgrade') && 'connection') ||
    (only('sec-websocket-version') !== '13' && 'version') ||
    (!(decoded.length === 16 && decoded.toString('base64') === key) && 'key') ||
    (offered.some((name, at) => offered.indexOf(name) !== at || /[^!#$%&'*+.^`|~\w-]/.test(name)) &&
      'protocol');
  if (problem) {
    const about: HeaderList = [['Sec-WebSocket-Version', '13']];
    return { status: 400, headers: about, protocol: '', reason: `Wrong ${problem}` };
  }

  const protocol = (options.protocols ?? []).filter((name) => offered.includes(name))[0] ?? '';
  const answer: HeaderList = [
    ['Connection', 'Upgrade'],
    ['Upgrade', 'websocket'],
    ['Sec-WebSocket-Accept', acceptKey(key)],
    ['Server', 'a map'],
  ];
  if (!protocol) return { status: 101, headers: answer, protocol, reason: '' };
  return { status: 101, headers: [...answer, ['Sec-WebSocket-Protocol', protocol]], protocol, reason: '' };
}
