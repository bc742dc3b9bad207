import { Buffer } from 'node:buffer';
import { applyMask } from '#labs/03-frames';
import type { FrameSeen } from '#labs/09-wire';
import { type PlacedField, placeFrames } from '../frame/fields.ts';
import { count } from './timeline.ts';

/**
 * A frame of a capture as it was on the wire, field by field. Its payload may be cut, or missing: then the
 * drawing says how much there was.
 */
export function frameFields(frame: FrameSeen): PlacedField[] {
  const { header, payload = Buffer.alloc(0), masked, length, compressed } = frame;
  const onWire = Buffer.from(payload);
  if (masked) applyMask(onWire, header.subarray(-4));
  const [{ fields }] = placeFrames(Buffer.concat([header, onWire]));
  return fields.map((field) => {
    if (field.name !== 'payload') return field;
    if (!frame.payload) {
      return { ...field, where: '', wire: '…', meaning: `${count(length, 'byte')}, not all in the capture` };
    }
    if (compressed) return { ...field, meaning: `${count(length, 'byte')}, compressed` };
    if (payload.length < length)
      return { ...field, meaning: `${count(length, 'byte')}, the first are shown` };
    return field;
  });
}

/** A line for each run of so many bytes: where, the bytes, and what of them is printable ASCII. */
export function hexDump(bytes: Uint8Array, perLine: number): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += perLine) {
    const line = Array.from(bytes.subarray(at, at + perLine));
    const hex = line.map((byte) => byte.toString(16).padStart(2, '0'));
    const text = line.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·'));
    lines.push(
      `${at.toString(16).padStart(4, '0')}  ${hex.join(' ').padEnd(3 * perLine - 1)}  ${text.join('')}`,
    );
  }
  return lines.join('\n');
}
