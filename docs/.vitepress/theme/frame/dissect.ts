import { Buffer } from 'node:buffer';
import { decodeHeader, type Frame, Opcode, ProtocolError } from '#labs/03-frames';
import { FrameParser } from '#labs/04-frame-parser';
import { MessageAssembler } from '#labs/05-messages';
import type { DrawnField } from '../../../../workbook/verdict.ts';
import { type PlacedFrame, placeFrames } from './fields.ts';

export type Role = 'server' | 'client';

/** What a parser of that role makes of bytes, frame by frame. */
export interface Dissection {
  frames: PlacedFrame[];
  /** What the application would hear, in order: `message "Hello"`. */
  events: string[];
  /** Why the connection would fail; undefined while all is well. */
  error?: BrokenRule;
}

/** A rule that the bytes break, and where it stands. */
export interface BrokenRule {
  closeCode: number;
  /** What the parser says. */
  message: string;
  /** `6455 §5.2` */
  rfc: string;
}

/** Reads bytes with labs 03, 04 and 05, as one side of a connection would, and marks what it refuses. */
export function dissect(bytes: Uint8Array, role: Role): Dissection {
  const frames = placeFrames(bytes);
  const events: string[] = [];
  const assembler = new MessageAssembler({
    onMessage: (data, isBinary) =>
      events.push(
        isBinary ? `binary message, ${data.length} bytes` : `message ${JSON.stringify(data.toString())}`,
      ),
    onPing: (payload) => events.push(`ping, ${payload.length} bytes: a pong with the same bytes must follow`),
    onPong: (payload) => events.push(`pong, ${payload.length} bytes`),
    onClose: (code, reason) =>
      events.push(
        code === 1005 ? 'close without a code' : `close ${code}${reason ? ` ${JSON.stringify(reason)}` : ''}`,
      ),
  });
  let whole = 0;
  let closed = false;
  const parser = new FrameParser({ role }, (frame: Frame) => {
    // What comes after a Close frame is discarded (RFC 6455 §1.4).
    if (!closed) assembler.push(frame);
    else events.push('a frame after the close: discarded');
    closed ||= frame.opcode === Opcode.Close;
    whole++;
  });
  try {
    parser.push(Buffer.from(bytes));
    return { frames, events };
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    const { name, rfc } = blame(frames[whole], error, role);
    for (const field of frames[whole].fields) field.wrong = field.name === name;
    return { frames, events, error: { closeCode: error.closeCode, message: error.message, rfc } };
  }
}

/** The field that breaks the rule, and the rule's section. */
function blame(
  { bytes, fields }: PlacedFrame,
  { closeCode }: ProtocolError,
  role: Role,
): { name: DrawnField['name']; rfc: string } {
  const wireOf = (name: DrawnField['name']) => fields.find((field) => field.name === name)?.wire ?? '';
  const opcode = Number.parseInt(wireOf('opcode'), 2);
  if (closeCode === 1009) return { name: 'length', rfc: '6455 §7.4.1' };
  if (closeCode === 1007) return { name: 'payload', rfc: opcode === 8 ? '6455 §5.5.1' : '6455 §8.1' };
  if (!hasSoundLength(bytes)) return { name: 'length', rfc: '6455 §5.2' };
  if (wireOf('RSV') !== '000') return { name: 'RSV', rfc: '6455 §5.2' };
  if ((opcode > 2 && opcode < 8) || opcode > 10) return { name: 'opcode', rfc: '6455 §5.2' };
  if (opcode >= 8 && wireOf('FIN') === '0') return { name: 'FIN', rfc: '6455 §5.5' };
  if (opcode >= 8 && wireOf('length').length > 7) return { name: 'length', rfc: '6455 §5.5' };
  if ((wireOf('MASK') === '1') !== (role === 'server')) return { name: 'MASK', rfc: '6455 §5.1' };
  if (opcode === 8) return { name: 'payload', rfc: '6455 §5.5.1' };
  return { name: 'opcode', rfc: '6455 §5.4' };
}

function hasSoundLength(bytes: Uint8Array): boolean {
  try {
    decodeHeader(Buffer.from(bytes));
    return true;
  } catch {
    return false;
  }
}
