import type { Duplex } from 'node:stream';
import type { HeaderList } from '#labs/01-handshake';
import type { UpgradeResponse } from '#labs/02-client-handshake';

/** A head longer than this is refused, in bytes; `node:http` draws the line there too. */
const maxHeadLength = 16 * 1024;

/** Pairs names with values from the flat list of `node:http`: `rawHeaders`. */
export function headerPairs(rawHeaders: readonly string[]): HeaderList {
  const pairs: [string, string][] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) pairs.push([rawHeaders[at], rawHeaders[at + 1]]);
  return pairs;
}

/**
 * Reads the head of an HTTP/1.1 response (RFC 9112 §4, §5), up to its empty line. `rest` is what came after
 * it; the socket is paused.
 *
 * @throws Error when the socket ends first, or what comes is no head of at most 16 KiB; the socket's error.
 */
export function readResponseHead(socket: Duplex): Promise<{ response: UpgradeResponse; rest: Buffer }> {
  return new Promise((resolve, reject) => {
    let bytes: Buffer = Buffer.alloc(0);
    const onData = (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      const end = bytes.indexOf('\r\n\r\n');
      if (end === -1 && bytes.length <= maxHeadLength) return;
      stop();
      const response = end === -1 ? undefined : parseHead(bytes.toString('latin1', 0, end));
      if (response) resolve({ response, rest: bytes.subarray(end + 4) });
      else reject(new Error('What the server answered is not HTTP/1.1'));
    };
    const onClose = () => {
      stop();
      reject(new Error('The server closed the socket before it answered'));
    };
    const stop = () => {
      socket.off('data', onData).off('error', reject).off('end', onClose).off('close', onClose).pause();
    };
    socket.on('data', onData).on('error', reject).on('end', onClose).on('close', onClose);
  });
}

/** A status line and header lines (RFC 9112 §4, §5); undefined if they are none. */
function parseHead(text: string): UpgradeResponse | undefined {
  const [statusLine, ...lines] = text.split('\r\n');
  const status = /^HTTP\/1\.1 (\d{3})( |$)/.exec(statusLine)?.[1];
  const fields = lines.map(parseField);
  if (!status || fields.includes(undefined)) return undefined;
  return { status: Number(status), headers: fields.flatMap((field) => (field ? [field] : [])) };
}

/**
 * A header line, without the spaces around its value. Without a regular expression for that: one that allows
 * spaces on both sides of anything takes hours for a line of spaces.
 */
function parseField(line: string): [name: string, value: string] | undefined {
  const colon = line.indexOf(':');
  const name = line.slice(0, colon);
  if (colon < 1 || /\s/.test(name) || /[\r\n]/.test(line)) return undefined;
  let start = colon + 1;
  let end = line.length;
  while (start < end && isBlank(line[start])) start++;
  while (start < end && isBlank(line[end - 1])) end--;
  return [name, line.slice(start, end)];
}

function isBlank(character: string): boolean {
  return character === ' ' || character === '\t';
}
