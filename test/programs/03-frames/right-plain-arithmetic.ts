// Right, with no shortcut at all: one byte at a time, lengths by multiplication, no BigInt and no views.
import {
  type Frame,
  type FrameHeader,
  type FrameToSend,
  ProtocolError,
} from '../../../solutions/03-frames.ts';

export * from '../../../solutions/03-frames.ts';

// #region plain-mask
export function applyMask(
  bytes: Uint8Array,
  key: Uint8Array,
  start = 0,
  end = bytes.length,
  position = 0,
): void {
  for (let at = start; at < end; at++) bytes[at] ^= key[(position + at - start) % 4];
}
// #endregion plain-mask

export function encodeHeader({ opcode, payload, fin = true, rsv1 = false, maskingKey }: FrameToSend): Buffer {
  const size = payload.length < 126 ? 0 : payload.length < 65536 ? 2 : 8;
  const length: number[] = [];
  for (let rest = payload.length; length.length < size; rest = Math.floor(rest / 256))
    length.unshift(rest % 256);
  const short = { 0: payload.length, 2: 126, 8: 127 }[size];
  const first = (fin ? 128 : 0) + (rsv1 ? 64 : 0) + opcode;
  return Buffer.from([first, (maskingKey ? 128 : 0) + short, ...length, ...(maskingKey ?? [])]);
}

export function encodeFrame(frame: FrameToSend): Buffer {
  const payload = Buffer.from(frame.payload);
  if (frame.maskingKey) applyMask(payload, frame.maskingKey);
  return Buffer.concat([encodeHeader(frame), payload]);
}

export function decodeHeader(bytes: Buffer, start = 0, end = bytes.length): FrameHeader | undefined {
  const at = (index: number) => bytes[start + index];
  const has = (count: number) => end - start >= count;
  if (!has(2)) return undefined;
  const short = at(1) % 128;
  const size = short === 126 ? 2 : short === 127 ? 8 : 0;
  const masked = at(1) >= 128;
  const headerLength = 2 + size + (masked ? 4 : 0);
  if (!has(headerLength)) return undefined;
  if (size === 8 && at(2) >= 128) throw new ProtocolError(1002, 'top bit set');
  let payloadLength = size === 0 ? short : 0;
  for (let index = 2; index < 2 + size; index++) payloadLength = payloadLength * 256 + at(index);
  if (size > 0 && payloadLength < (size === 2 ? 126 : 65536)) throw new ProtocolError(1002, 'not minimal');
  if (payloadLength > Number.MAX_SAFE_INTEGER) throw new ProtocolError(1009, 'too big');
  const [fin, rsv1, rsv2, rsv3] = [128, 64, 32, 16].map((bit) => at(0) % (2 * bit) >= bit);
  return { fin, rsv1, rsv2, rsv3, opcode: at(0) % 16, masked, headerLength, payloadLength };
}

export function decodeFrame(bytes: Buffer): { frame: Frame; bytesRead: number } | undefined {
  const header = decodeHeader(bytes);
  if (!header || bytes.length < header.headerLength + header.payloadLength) return undefined;
  const { headerLength, payloadLength, ...fields } = header;
  const payload = Buffer.alloc(payloadLength);
  for (let index = 0; index < payloadLength; index++) payload[index] = bytes[headerLength + index];
  if (header.masked) applyMask(payload, bytes.subarray(headerLength - 4, headerLength));
  return { frame: { ...fields, payload }, bytesRead: headerLength + payloadLength };
}
