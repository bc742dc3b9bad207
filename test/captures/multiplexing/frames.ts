import type { Crossing } from '../framing/tap.ts';

/** An HTTP/2 frame as it crossed the wire (RFC 9113 §4.1). */
export interface Http2Frame {
  from: 'client' | 'server';
  type: number;
  flags: number;
  streamId: number;
  /** The header of nine bytes. */
  header: Buffer;
  payload: Buffer;
}

export const frameNames: Record<number, string> = {
  0: 'DATA',
  1: 'HEADERS',
  3: 'RST_STREAM',
  4: 'SETTINGS',
  6: 'PING',
  7: 'GOAWAY',
  8: 'WINDOW_UPDATE',
};

/** The frames of both directions, in the order in which their last bytes crossed; the preface is left out. */
export function http2Frames(crossings: readonly Crossing[]): Http2Frame[] {
  const pending: Record<Crossing['from'], Buffer> = { client: Buffer.alloc(0), server: Buffer.alloc(0) };
  const frames: Http2Frame[] = [];
  for (const { from, bytes } of crossings) {
    pending[from] = withoutPreface(Buffer.concat([pending[from], bytes]));
    while (pending[from].length >= 9) {
      const rest = pending[from];
      const end = 9 + rest.readUIntBE(0, 3);
      if (rest.length < end) break;
      const [header, payload] = [rest.subarray(0, 9), rest.subarray(9, end)];
      frames.push({ from, type: rest[3], flags: rest[4], streamId: rest.readUInt32BE(5), header, payload });
      pending[from] = rest.subarray(end);
    }
  }
  return frames;
}

/** A client begins with 24 bytes that no HTTP/1.1 server takes for a request (RFC 9113 §3.4). */
function withoutPreface(bytes: Buffer): Buffer {
  return bytes.toString('latin1', 0, 3) === 'PRI' ? bytes.subarray(24) : bytes;
}
