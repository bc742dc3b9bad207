// Right, by another road: the header is written and read as a string of bits, in the order of the drawing in RFC 6455 §5.2.
import {
  applyMask,
  type Frame,
  type FrameHeader,
  type FrameToSend,
  ProtocolError,
} from '../../../solutions/03-frames.ts';

export * from '../../../solutions/03-frames.ts';

export function encodeHeader({ opcode, payload, fin = true, rsv1 = false, maskingKey }: FrameToSend): Buffer {
  const { length } = payload;
  const form = length < 126 ? bits(length, 7) : length < 65536 ? `${bits(126, 7)}${bits(length, 16)}` : '';
  const header = [
    fin ? '1' : '0',
    rsv1 ? '1' : '0',
    '00',
    bits(opcode, 4),
    maskingKey ? '1' : '0',
    form || `${bits(127, 7)}${bits(length, 64)}`,
    ...Array.from(maskingKey ?? [], (byte) => bits(byte, 8)),
  ].join('');
  return Buffer.from((header.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

export function encodeFrame(frame: FrameToSend): Buffer {
  const bytes = Buffer.concat([encodeHeader(frame), frame.payload]);
  if (frame.maskingKey) applyMask(bytes, frame.maskingKey, bytes.length - frame.payload.length);
  return bytes;
}

const headerPattern =
  /^(?<fin>.)(?<rsv1>.)(?<rsv2>.)(?<rsv3>.)(?<opcode>.{4})(?<mask>.)(?:1111110(?<long16>.{16})|1111111(?<long64>.{64})|(?!111111.)(?<short>.{7}))/;

export function decodeHeader(bytes: Buffer, start = 0, end = bytes.length): FrameHeader | undefined {
  const text = Array.from(bytes.subarray(start, Math.min(end, start + 14)), (byte) => bits(byte, 8)).join('');
  const fields = headerPattern.exec(text)?.groups;
  if (!fields) return undefined;
  const length = BigInt(`0b${fields.short ?? fields.long16 ?? fields.long64}`);
  const masked = fields.mask === '1';
  const headerLength = 2 + (fields.long16 ? 2 : 0) + (fields.long64 ? 8 : 0) + (masked ? 4 : 0);
  if (text.length < 8 * headerLength) return undefined;
  if ((fields.long16 && length < 126n) || (fields.long64 && length < 65536n)) {
    throw new ProtocolError(1002, 'a length not in its shortest form');
  }
  if (fields.long64?.startsWith('1')) throw new ProtocolError(1002, 'the top bit of the length is set');
  if (length > Number.MAX_SAFE_INTEGER) throw new ProtocolError(1009, 'the payload is too big');
  return {
    fin: fields.fin === '1',
    rsv1: fields.rsv1 === '1',
    rsv2: fields.rsv2 === '1',
    rsv3: fields.rsv3 === '1',
    opcode: Number.parseInt(fields.opcode, 2),
    masked,
    headerLength,
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

function bits(value: number, count: number): string {
  return value.toString(2).padStart(count, '0');
}
