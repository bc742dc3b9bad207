import { randomBytes } from 'node:crypto';

/** A frame as a case wants it on the wire, right or wrong: nothing is checked when it is written. */
export interface RawFrame {
  fin: boolean;
  /** RSV1, RSV2 and RSV3 as one number from 0 to 7; RSV1 alone is 4. */
  rsv: number;
  opcode: number;
  payload: Buffer;
}

/** What a case may change in a frame. */
type Shape = Partial<Pick<RawFrame, 'fin' | 'rsv'>>;
type Payload = string | Buffer;

/** Any frame, of any opcode. */
export function frame(opcode: number, payload: Payload = '', { fin = true, rsv = 0 }: Shape = {}): RawFrame {
  return { fin, rsv, opcode, payload: Buffer.from(payload) };
}

export const continuation = (payload: Payload, shape?: Shape) => frame(0, payload, shape);
export const text = (payload: Payload, shape?: Shape) => frame(1, payload, shape);
export const binary = (payload: Payload, shape?: Shape) => frame(2, payload, shape);
export const ping = (payload?: Payload, shape?: Shape) => frame(9, payload, shape);
export const pong = (payload?: Payload, shape?: Shape) => frame(10, payload, shape);

/** A Close frame; without a code its payload is empty. */
export function close(code?: number, reason: Payload = ''): RawFrame {
  if (code === undefined) return frame(8);
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(code);
  return frame(8, Buffer.concat([bytes, Buffer.from(reason)]));
}

/** The bytes of a frame (RFC 6455 §5.2), written on purpose without any code of the labs. */
export function frameBytes({ fin, rsv, opcode, payload }: RawFrame, masked: boolean): Buffer {
  const first = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
  const maskBit = masked ? 0x80 : 0;
  const header = [
    Buffer.from([first, maskBit | shortLength(payload.length)]),
    extendedLength(payload.length),
  ];
  if (!masked) return Buffer.concat([...header, payload]);
  const key = randomBytes(4);
  return Buffer.concat([...header, key, xor(payload, key)]);
}

function shortLength(length: number): number {
  if (length <= 125) return length;
  return length <= 0xffff ? 126 : 127;
}

function extendedLength(length: number): Buffer {
  if (length <= 125) return Buffer.alloc(0);
  if (length <= 0xffff) {
    const bytes = Buffer.alloc(2);
    bytes.writeUInt16BE(length);
    return bytes;
  }
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(length));
  return bytes;
}

/** Masks, and unmasks (RFC 6455 §5.3). */
export function xor(bytes: Buffer, key: Buffer): Buffer {
  const out = Buffer.allocUnsafe(bytes.length);
  for (let index = 0; index < bytes.length; index++) out[index] = bytes[index] ^ key[index & 3];
  return out;
}
