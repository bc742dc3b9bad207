import { AssertionError } from 'node:assert';
import type { Frame } from '#labs/03-frames';
import { Unfinished } from '../../workbook/unfinished.ts';

/** What the checks of frames share. Bytes are built here by hand: a lab is judged by them. */

/** The masking key of the examples in RFC 6455 §5.7. */
export const exampleKey = Buffer.from('37fa213d', 'hex');

/** A frame to build, right or wrong. */
export interface FrameSpec {
  /** Default: true. */
  fin?: boolean;
  /** RSV1 to RSV3 as one number, RSV1 the highest bit: 0–7. Default: 0. */
  rsv?: number;
  opcode: number;
  /** Default: empty. */
  payload?: Uint8Array;
  /** Four bytes: masked with them. */
  key?: Uint8Array;
  /** What the header claims. Default: the payload's length. */
  length?: number | bigint;
  /** The form of the length. Default: the shortest. */
  form?: 7 | 16 | 64;
}

/** Builds a frame the plain way (RFC 6455 §5.2), also such as the RFC forbids. */
export function frameBytes(spec: FrameSpec): Buffer {
  const { fin = true, rsv = 0, opcode, payload = Buffer.alloc(0), key } = spec;
  const length = BigInt(spec.length ?? payload.length);
  const form = spec.form ?? (length < 126n ? 7 : length < 65536n ? 16 : 64);
  const short = form === 7 ? Number(length) : form === 16 ? 126 : 127;
  const lengthHex = form === 7 ? '' : length.toString(16).padStart(form / 4, '0');
  return Buffer.concat([
    Buffer.from([(fin ? 0x80 : 0) | (rsv << 4) | opcode, (key ? 0x80 : 0) | short]),
    Buffer.from(lengthHex, 'hex'),
    key ?? Buffer.alloc(0),
    key ? maskSlowly(payload, key) : payload,
  ]);
}

/** RFC 6455 §5.3 word for word: the oracle beside which quicker ways must not differ. */
export function maskSlowly(payload: Uint8Array, key: Uint8Array, position = 0): Buffer {
  return Buffer.from(payload.map((byte, index) => byte ^ key[(position + index) % 4]));
}

/** Bytes of which no two runs look alike, so that a byte in the wrong place shows. */
export function patternBytes(length: number): Buffer {
  return Buffer.from(
    Uint8Array.from({ length }, (_, index) => (index * 167 + (index >> 8) * 13 + 29) & 0xff),
  );
}

/** The frame a reader must see in what `frameBytes` built. */
export function frameOf({ fin = true, rsv = 0, opcode, payload = Buffer.alloc(0), key }: FrameSpec): Frame {
  return {
    fin,
    rsv1: (rsv & 4) !== 0,
    rsv2: (rsv & 2) !== 0,
    rsv3: (rsv & 1) !== 0,
    opcode,
    masked: key !== undefined,
    payload: Buffer.from(payload),
  };
}

/** Expects a frame field by field; the message names the first that differs. */
export function expectFrame(what: string, actual: Frame | undefined, expected: Frame): void {
  if (!actual) throw new AssertionError({ message: `${what}: a frame was expected, and none came` });
  for (const field of ['fin', 'rsv1', 'rsv2', 'rsv3', 'opcode', 'masked'] as const) {
    if (actual[field] === expected[field]) continue;
    throw new AssertionError({
      message: `${what}: ${field} is ${actual[field]}, and should be ${expected[field]}`,
    });
  }
  expectPayload(what, actual.payload, expected.payload);
}

/** Expects payload bytes; the message says where they differ. */
export function expectPayload(what: string, actual: Uint8Array, expected: Uint8Array): void {
  if (!Buffer.isBuffer(actual)) throw new AssertionError({ message: `${what}: the payload is not a Buffer` });
  if (actual.equals(expected)) return;
  if (actual.length !== expected.length) {
    throw new AssertionError({
      message: `${what}: the payload has ${actual.length} bytes, and should have ${expected.length}`,
    });
  }
  const at = expected.findIndex((byte, index) => byte !== actual[index]);
  throw new AssertionError({
    message: `${what}: payload byte ${at} is ${hex(actual[at])}, and should be ${hex(expected[at])}`,
  });
}

/** Expects the rule that was broken to be met with this close code (RFC 6455 §7.4.1). */
export function expectProtocolError(what: string, closeCode: number, act: () => unknown): void {
  let result: unknown;
  try {
    result = act();
  } catch (error) {
    if (error instanceof Unfinished) throw error;
    const given = error instanceof Error && 'closeCode' in error ? error.closeCode : undefined;
    if (given === closeCode) return;
    throw new AssertionError({
      message:
        given === undefined
          ? `${what}: a ProtocolError with close code ${closeCode} was expected, "${error}" came`
          : `${what}: the close code is ${given}, and should be ${closeCode}`,
    });
  }
  const came = result === undefined ? 'nothing was thrown' : `it returned ${JSON.stringify(result)}`;
  throw new AssertionError({ message: `${what}: a ProtocolError ${closeCode} was expected, but ${came}` });
}

function hex(byte: number): string {
  return `0x${byte.toString(16).padStart(2, '0')}`;
}
