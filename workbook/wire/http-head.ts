import { type HeaderList, listElements } from '#labs/01-handshake';

/** The head of a request or of an answer. */
export interface Head {
  /** `GET /chat HTTP/1.1`, `HTTP/1.1 101 Switching Protocols` */
  startLine: string;
  headers: HeaderList;
}

/** A record of TLS 1.0 to 1.3: its type, then a version (RFC 8446 §5.1). */
export function isTlsRecord(bytes: Buffer): boolean {
  return bytes[0] >= 20 && bytes[0] <= 23 && bytes[1] === 3 && bytes[2] <= 4;
}

/** Whether these bytes begin a request or an answer, as far as they go. */
export function mayBeHead(bytes: Buffer): boolean {
  const start = bytes.toString('latin1', 0, 7);
  return ['GET ', 'HTTP/1.'].some((word) => word.startsWith(start.slice(0, word.length)));
}

/** Reads a head (RFC 9112 §2.1) the way one reads what others said: a line that is no header is left out. */
export function parseHead(text: string): Head {
  const [startLine, ...lines] = text.split('\r\n');
  const fields = lines.map((line) => /^([^\s:]+):[ \t]*(.*?)[ \t]*$/.exec(line));
  return { startLine, headers: fields.flatMap((field) => (field ? [[field[1], field[2]] as const] : [])) };
}

export function asksForWebSocket({ headers }: Head): boolean {
  return listElements(headers, 'Upgrade').some((element) => element.toLowerCase() === 'websocket');
}
