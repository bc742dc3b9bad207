import type { DrawnField } from '../../../../workbook/verdict.ts';

const opcodeNames: Record<number, string> = {
  0: 'continuation',
  1: 'text',
  2: 'binary',
  8: 'close',
  9: 'ping',
  10: 'pong',
};

/** A field, and where it stands in its frame. */
export interface PlacedField extends DrawnField {
  /** `bit 0`, `bits 1–3`, `bytes 2–5`; bits are counted as in RFC 6455 §5.2, from the left. */
  where: string;
}

/** Payload bytes drawn before the rest is left out. */
const payloadShown = 16;

/** The bytes of one frame, as many as there are, and its fields. */
export interface PlacedFrame {
  bytes: Uint8Array;
  fields: PlacedField[];
}

/**
 * Takes frames apart by position alone (RFC 6455 §5.2): also frames that break a rule, which a parser
 * refuses. A header that is not complete is one field `bytes`.
 */
export function placeFrames(bytes: Uint8Array): PlacedFrame[] {
  const frames: PlacedFrame[] = [];
  for (let at = 0; at < bytes.length; at += frames[frames.length - 1].bytes.length) {
    frames.push(placeFrame(bytes.subarray(at)));
  }
  return frames;
}

function placeFrame(bytes: Uint8Array): PlacedFrame {
  const [first, second = 0] = bytes;
  const masked = second >= 0x80;
  const short = second & 0x7f;
  const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
  const headerLength = 2 + lengthBytes + (masked ? 4 : 0);
  const field = (name: DrawnField['name'], where: string, wire: string, meaning: string): PlacedField => ({
    name,
    where,
    wire,
    meaning,
    wrong: false,
  });
  if (bytes.length < headerLength) {
    const meaning = `the header has ${headerLength > 2 || bytes.length === 2 ? headerLength : 'at least 2'} bytes`;
    return { bytes, fields: [field('bytes', range(0, bytes.length), hex(bytes), meaning)] };
  }

  const opcode = first & 0x0f;
  const extended = bytes.subarray(2, 2 + lengthBytes);
  const length = lengthBytes ? extended.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n) : BigInt(short);
  const fields = [
    field('FIN', 'bit 0', `${first >> 7}`, first >= 0x80 ? 'last fragment' : 'more to come'),
    field('RSV', 'bits 1–3', binary((first >> 4) & 7, 3), first & 0x70 ? 'extension' : 'none'),
    field('opcode', 'bits 4–7', binary(opcode, 4), opcodeNames[opcode] ?? 'reserved'),
    field('MASK', 'bit 8', `${second >> 7}`, masked ? 'masked' : 'not masked'),
    field(
      'length',
      `bits 9–${15 + 8 * lengthBytes}`,
      `${binary(short, 7)} ${hex(extended)}`.trim(),
      lengthBytes ? `${short} → ${length}` : `${length}`,
    ),
  ];
  const key = bytes.subarray(headerLength - 4, headerLength);
  if (masked) fields.push(field('masking key', range(headerLength - 4, 4), hex(key), ''));

  const available = bytes.length - headerLength;
  const taken = length > available ? available : Number(length);
  if (length > 0n) {
    const payload = bytes.subarray(headerLength, headerLength + taken);
    const plain = masked ? payload.map((byte, index) => byte ^ key[index % 4]) : payload;
    const missing = length - BigInt(taken);
    const meaning = missing > 0n ? `${missing} of ${length} bytes not here yet` : preview(opcode, plain);
    fields.push(field('payload', range(headerLength, taken), hex(payload), meaning));
  }
  return { bytes: bytes.subarray(0, headerLength + taken), fields };
}

/** Reads hex in any grouping: `81 05`, `0x81,0x05`, `8105`. Undefined when it is not whole bytes of hex. */
export function parseHex(text: string): Uint8Array | undefined {
  const digits = text.replace(/0x|[\s,:]/gi, '');
  if (digits.length % 2 !== 0 || /[^\da-f]/i.test(digits)) return undefined;
  return Uint8Array.from(digits.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
}

/** `81 05 48`; long runs are cut after 16 bytes. */
export function hex(bytes: Uint8Array): string {
  const shown = Array.from(bytes.subarray(0, payloadShown), (byte) => byte.toString(16).padStart(2, '0'));
  return bytes.length > payloadShown ? `${shown.join(' ')} …` : shown.join(' ');
}

/** The class that gives a field its colour: `masking-key`. */
export function fieldClass({ name }: DrawnField): string {
  return name.replace(' ', '-').toLowerCase();
}

function binary(value: number, bits: number): string {
  return value.toString(2).padStart(bits, '0');
}

function range(start: number, length: number): string {
  if (length <= 1) return `byte ${start}`;
  return `bytes ${start}–${start + length - 1}`;
}

function preview(opcode: number, plain: Uint8Array): string {
  if (opcode === 8 && plain.length >= 2) {
    return `${(plain[0] << 8) | plain[1]} ${plain.length > 2 ? quote(plain.subarray(2)) : ''}`.trim();
  }
  return opcode === 2 ? `${plain.length} bytes` : quote(plain);
}

function quote(plain: Uint8Array): string {
  const start = new TextDecoder().decode(plain.subarray(0, payloadShown));
  return `${JSON.stringify(start)}${plain.length > payloadShown ? '…' : ''}`;
}
