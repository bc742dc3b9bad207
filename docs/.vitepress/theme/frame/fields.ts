import type { DrawnField } from '../../../../workbook/verdict.ts';

const opcodeNames: Record<number, string> = {
  0: 'continuation',
  1: 'text',
  2: 'binary',
  8: 'close',
  9: 'ping',
  10: 'pong',
};
/** Payload bytes drawn before the rest is left out. */
const payloadShown = 16;

/**
 * The fields of the frames in `bytes` by position alone (RFC 6455 §5.2): also of frames that break a rule,
 * which a parser refuses. Bytes of an incomplete header are one field `bytes`.
 */
export function frameFields(bytes: Uint8Array): DrawnField[] {
  const fields: DrawnField[] = [];
  const add = (name: DrawnField['name'], wire: string, meaning: string) =>
    fields.push({ name, wire, meaning, wrong: false });
  let at = 0;
  while (at < bytes.length) {
    const frame = bytes.subarray(at);
    const [first, second = 0] = frame;
    const masked = second >= 0x80;
    const short = second & 0x7f;
    const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
    const headerLength = 2 + lengthBytes + (masked ? 4 : 0);
    if (frame.length < headerLength) {
      add('bytes', hex(frame), 'the header is not complete');
      break;
    }
    const opcode = first & 0x0f;
    add('FIN', `${first >> 7}`, first >= 0x80 ? 'last fragment' : 'more to come');
    add('RSV', ((first >> 4) & 7).toString(2).padStart(3, '0'), first & 0x70 ? 'extension' : 'none');
    add('opcode', opcode.toString(2).padStart(4, '0'), opcodeNames[opcode] ?? 'reserved');
    add('MASK', `${second >> 7}`, masked ? 'masked' : 'not masked');
    const extended = frame.subarray(2, 2 + lengthBytes);
    const length = lengthBytes
      ? extended.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
      : BigInt(short);
    add(
      'length',
      `${short.toString(2).padStart(7, '0')} ${hex(extended)}`.trim(),
      lengthBytes ? `${short} → ${length}` : `${length}`,
    );
    const key = frame.subarray(headerLength - 4, headerLength);
    if (masked) add('masking key', hex(key), '');
    const available = frame.length - headerLength;
    const taken = length > available ? available : Number(length);
    if (length > 0n) {
      const payload = frame.subarray(headerLength, headerLength + taken);
      const plain = masked ? payload.map((byte, index) => byte ^ key[index % 4]) : payload;
      const missing = length - BigInt(taken);
      add('payload', hex(payload), missing > 0n ? `${missing} bytes missing` : preview(opcode, plain));
    }
    at += headerLength + taken;
  }
  return fields;
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
