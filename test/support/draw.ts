import type { Drawing, DrawnField } from '../../workbook/verdict.ts';

const opcodeNames: Record<number, string> = {
  0: 'continuation',
  1: 'text',
  2: 'binary',
  8: 'close',
  9: 'ping',
  10: 'pong',
};
/** Payload bytes drawn before the rest is left out: a drawing fits a terminal. */
const payloadShown = 16;

/** Draws expected above actual, each field that differs marked (RFC 6455 §5.2). */
export function drawDifference(expected: Uint8Array, actual: Uint8Array): Drawing {
  const wanted = dissect(expected);
  const got = dissect(actual);
  for (let index = 0; index < Math.max(wanted.length, got.length); index++) {
    if (got[index]?.exact === wanted[index]?.exact) continue;
    if (wanted[index]) wanted[index].field.wrong = true;
    if (got[index]) got[index].field.wrong = true;
  }
  return {
    rows: [
      { label: 'expected', fields: wanted.map(({ field }) => field) },
      { label: 'actual', fields: got.map(({ field }) => field) },
    ],
  };
}

/** A drawn field and all that it must equal, of which the drawing may show only the start. */
interface DissectedField {
  field: DrawnField;
  exact: string;
}

/**
 * Takes frames apart by position alone. Written for the checks, apart from labs and solutions, so that a
 * drawing is right even when the program it draws is not. Bytes left over are drawn as `bytes`.
 */
function dissect(bytes: Uint8Array): DissectedField[] {
  const fields: DissectedField[] = [];
  const add = (name: DrawnField['name'], wire: string, meaning: string, exact = wire) =>
    fields.push({ field: { name, wire, meaning, wrong: false }, exact: `${name} ${exact}` });
  const rest = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  while (at < rest.length) {
    if (rest.length - at < 2) {
      add('bytes', hex(rest.subarray(at)), 'not a whole frame header');
      break;
    }
    const [first, second] = [rest[at], rest[at + 1]];
    const masked = second >= 0x80;
    const short = second & 0x7f;
    const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
    const headerLength = 2 + lengthBytes + (masked ? 4 : 0);
    if (rest.length - at < headerLength) {
      add('bytes', hex(rest.subarray(at)), 'not a whole frame header');
      break;
    }
    const opcode = first & 0x0f;
    add('FIN', `${first >> 7}`, first >= 0x80 ? 'last fragment' : 'more to come');
    add('RSV', ((first >> 4) & 7).toString(2).padStart(3, '0'), first & 0x70 ? 'extension' : 'none');
    add('opcode', opcode.toString(2).padStart(4, '0'), opcodeNames[opcode] ?? 'reserved');
    add('MASK', `${second >> 7}`, masked ? 'masked' : 'not masked');
    const length = readLength(rest, at + 2, lengthBytes, short);
    const lengthWire = [short.toString(2).padStart(7, '0'), hex(rest.subarray(at + 2, at + 2 + lengthBytes))];
    add('length', lengthWire.join(' ').trim(), lengthBytes ? `${short} → ${length}` : `${length}`);
    const key = rest.subarray(at + headerLength - 4, at + headerLength);
    if (masked) add('masking key', hex(key), '');
    at += headerLength;
    const end = length > rest.length - at ? rest.length : at + Number(length);
    const payload = rest.subarray(at, end);
    const missing = length - BigInt(payload.length);
    const plain = masked ? payload.map((byte, index) => byte ^ key[index % 4]) : payload;
    if (length > 0n) {
      add(
        'payload',
        hex(payload),
        missing > 0n ? `${missing} bytes missing` : preview(opcode, plain),
        payload.toString('hex'),
      );
    }
    at = end;
  }
  return fields;
}

function readLength(bytes: Buffer, at: number, lengthBytes: number, short: number): bigint {
  if (lengthBytes === 2) return BigInt(bytes.readUInt16BE(at));
  if (lengthBytes === 8) return bytes.readBigUInt64BE(at);
  return BigInt(short);
}

function preview(opcode: number, plain: Uint8Array): string {
  if (opcode === 8 && plain.length >= 2) {
    return `${(plain[0] << 8) | plain[1]} ${text(plain.subarray(2))}`.trim();
  }
  return opcode === 2 ? `${plain.length} bytes` : text(plain);
}

function text(plain: Uint8Array): string {
  if (plain.length === 0) return '';
  const start = Buffer.from(plain.subarray(0, payloadShown)).toString('utf8');
  return `${JSON.stringify(start)}${plain.length > payloadShown ? '…' : ''}`;
}

function hex(bytes: Uint8Array): string {
  const shown = Array.from(bytes.subarray(0, payloadShown), (byte) => byte.toString(16).padStart(2, '0'));
  return bytes.length > payloadShown ? `${shown.join(' ')} …` : shown.join(' ');
}
