// Right, with a DataView for every number and the mask turned with the payload instead of counted.
import {
  type Frame,
  type FrameHeader,
  type FrameToSend,
  ProtocolError,
} from '../../../solutions/03-frames.ts';

export * from '../../../solutions/03-frames.ts';

export function applyMask(
  bytes: Uint8Array,
  key: Uint8Array,
  start = 0,
  end = bytes.length,
  position = 0,
): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const turned = [0, 1, 2, 3].map((index) => key[(position + index) % 4]);
  const word = new DataView(Uint8Array.from(turned).buffer).getUint32(0);
  let at = start;
  for (; at + 4 <= end; at += 4) view.setUint32(at, view.getUint32(at) ^ word);
  for (const byte of turned.slice(0, end - at)) bytes[at++] ^= byte;
}

export function encodeHeader({ opcode, payload, fin = true, rsv1 = false, maskingKey }: FrameToSend): Buffer {
  const view = new DataView(new ArrayBuffer(14));
  view.setUint8(0, (Number(fin) << 7) | (Number(rsv1) << 6) | opcode);
  let length = 2;
  if (payload.length > 0xffff) {
    view.setUint8(1, 127);
    view.setBigUint64(2, BigInt(payload.length));
    length = 10;
  } else if (payload.length > 125) {
    view.setUint8(1, 126);
    view.setUint16(2, payload.length);
    length = 4;
  } else {
    view.setUint8(1, payload.length);
  }
  const header = Buffer.from(view.buffer, 0, length);
  if (!maskingKey) return header;
  header[1] |= 0x80;
  return Buffer.concat([header, maskingKey]);
}

export function encodeFrame(frame: FrameToSend): Buffer {
  const payload = Uint8Array.from(frame.payload);
  if (frame.maskingKey) applyMask(payload, frame.maskingKey);
  return Buffer.concat([encodeHeader(frame), payload]);
}

export function decodeHeader(bytes: Buffer, start = 0, end = bytes.length): FrameHeader | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, end - start);
  try {
    return readHeader(view);
  } catch (error) {
    // What a DataView throws past its end: the header is not all there.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function readHeader(view: DataView): FrameHeader {
  const [first, second] = [view.getUint8(0), view.getUint8(1)];
  const masked = second >= 0x80;
  const short = second & 0x7f;
  const lengthEnd = short === 127 ? 10 : short === 126 ? 4 : 2;
  const length = short === 127 ? view.getBigUint64(2) : BigInt(short === 126 ? view.getUint16(2) : short);
  if (masked) view.getUint32(lengthEnd);
  const least = { 2: 0n, 4: 126n, 10: 65536n }[lengthEnd];
  if (length < least || length >> 63n) throw new ProtocolError(1002, `the length ${length} is malformed`);
  if (length > Number.MAX_SAFE_INTEGER) throw new ProtocolError(1009, `the length ${length} is too big`);
  return {
    fin: Boolean(first & 0x80),
    rsv1: Boolean(first & 0x40),
    rsv2: Boolean(first & 0x20),
    rsv3: Boolean(first & 0x10),
    opcode: first & 0x0f,
    masked,
    headerLength: lengthEnd + (masked ? 4 : 0),
    payloadLength: Number(length),
  };
}

export function decodeFrame(bytes: Buffer): { frame: Frame; bytesRead: number } | undefined {
  const header = decodeHeader(bytes);
  if (!header) return undefined;
  const { headerLength, payloadLength, ...fields } = header;
  const bytesRead = headerLength + payloadLength;
  if (bytes.length < bytesRead) return undefined;
  const payload = Buffer.from(bytes.subarray(headerLength, bytesRead));
  if (header.masked) applyMask(payload, bytes.subarray(headerLength - 4, headerLength));
  return { frame: { ...fields, payload }, bytesRead };
}
