import { createHash } from 'node:crypto';

// How a failure is read: frames and payloads, in words.

const names: Record<number, string> = {
  0: 'continuation',
  1: 'text',
  2: 'binary',
  8: 'close',
  9: 'ping',
  10: 'pong',
};
/** A longer payload is told by its length and hash: one line each. */
const payloadShown = 40;

/** `"Hello"` for text that is short, its hex for other bytes, length and hash for long ones. */
export function printPayload(payload: Uint8Array): string {
  if (payload.length > payloadShown) {
    return `${payload.length} bytes, SHA-1 ${createHash('sha1').update(payload).digest('hex').slice(0, 8)}`;
  }
  const bytes = Buffer.from(payload);
  const text = bytes.toString();
  return Buffer.from(text).equals(bytes) ? JSON.stringify(text) : bytes.toString('hex');
}

/** Where the whole frames of a stream end, by their headers alone: RFC 6455 §5.2, and no rule of it checked. */
export function frameEnds(stream: Buffer): number[] {
  const ends: number[] = [];
  for (let frame = readFrame(stream, 0); frame; frame = readFrame(stream, frame.end)) {
    if (frame.end > stream.length) break;
    ends.push(frame.end);
  }
  return ends;
}

/** One line a frame, as far as its header is there. */
export function printFrames(stream: Buffer): string {
  const lines: string[] = [];
  let at = 0;
  for (let frame = readFrame(stream, 0); frame; frame = readFrame(stream, at)) {
    lines.push(`${`${at}`.padStart(8)}  ${frame.words}`);
    at = frame.end;
  }
  if (at < stream.length) lines.push(`${`${at}`.padStart(8)}  cut header ${stream.toString('hex', at)}`);
  return lines.join('\n');
}

function readFrame(stream: Buffer, at: number): { words: string; end: number } | undefined {
  if (stream.length - at < 2) return undefined;
  const [first, second] = [stream[at], stream[at + 1]];
  const short = second & 0x7f;
  const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
  const keyAt = at + 2 + lengthBytes;
  const masked = second >= 0x80;
  const payloadAt = keyAt + (masked ? 4 : 0);
  if (payloadAt > stream.length) return undefined;
  const length = lengthBytes ? BigInt(`0x${stream.toString('hex', at + 2, keyAt)}`) : BigInt(short);
  const end = payloadAt + Number(length);
  const key = stream.subarray(keyAt, payloadAt);
  const wire = stream.subarray(payloadAt, end);
  const plain = masked ? wire.map((byte, index) => byte ^ key[index % 4]) : wire;
  const words = [
    names[first & 0x0f] ?? `reserved opcode ${first & 0x0f}`,
    first >= 0x80 ? '' : 'FIN 0',
    first & 0x70 ? `RSV ${((first >> 4) & 7).toString(2).padStart(3, '0')}` : '',
    masked ? 'masked' : '',
    `length ${length}${lengthBytes ? ` in ${lengthBytes * 8} bits` : ''}`,
    wire.length < length ? `of which ${wire.length} came` : '',
    printPayload(plain),
  ];
  return { words: words.filter(Boolean).join(', '), end };
}
