import { decodeFrame, type Frame, Opcode } from '#labs/03-frames';
import type { Crossing } from './tap.ts';

/** A longer payload is only counted: a line fits a page. */
const payloadPrinted = 12;
const names = new Map<number, string>(
  Object.entries(Opcode).map(([name, opcode]) => [opcode, name.toLowerCase()]),
);

/** Takes whole frames from the crossings, in the order they were complete, and each side's FIN. */
export function* frames(crossings: readonly Crossing[]) {
  const pending = { client: Buffer.alloc(0), server: Buffer.alloc(0) };
  for (const { from, bytes, end } of crossings) {
    if (end) yield { from, wire: undefined, frame: undefined };
    pending[from] = Buffer.concat([pending[from], bytes]);
    for (let found = decodeFrame(pending[from]); found; found = decodeFrame(pending[from])) {
      yield { from, wire: pending[from].subarray(0, found.bytesRead), frame: found.frame };
      pending[from] = pending[from].subarray(found.bytesRead);
    }
  }
}

/** One line a frame: who sent it, header, masking key, payload as it crossed, and what it says. */
export function printFrames(crossings: readonly Crossing[], client: 'page' | 'client'): string {
  const lines = [...frames(crossings)].map(({ from, wire, frame }) => ({
    who: from === 'client' ? client : 'server',
    bytes: wire ? printBytes(wire, frame) : 'TCP FIN',
    words: frame ? describe(frame) : '',
  }));
  const widest = (texts: string[]) => Math.max(...texts.map(({ length }) => length));
  const whoWidth = widest(lines.map(({ who }) => who));
  const bytesWidth = widest(lines.map(({ bytes }) => bytes));
  return lines
    .map(({ who, bytes, words }) =>
      `${who.padEnd(whoWidth)} → ${bytes.padEnd(bytesWidth)}  ${words}`.trimEnd(),
    )
    .join('\n')
    .concat('\n');
}

/** Header, key and payload, apart from each other; before a long payload only the header. */
function printBytes(wire: Buffer, { masked, payload }: Frame): string {
  const headerLength = wire.length - payload.length;
  const keyAt = masked ? headerLength - 4 : headerLength;
  if (payload.length > payloadPrinted) return `${spaced(wire.subarray(0, keyAt))} …`;
  return [wire.subarray(0, keyAt), wire.subarray(keyAt, headerLength), wire.subarray(headerLength)]
    .filter(({ length }) => length > 0)
    .map(spaced)
    .join('  ');
}

/** Hex, a space between bytes. */
export function spaced(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

/** What a frame says, in a few words: `text "Hello"`, `close 1000 "bye"`; of a compressed one the bytes, unmasked. */
export function describe(frame: Frame): string {
  const name = names.get(frame.opcode) ?? `reserved opcode ${frame.opcode}`;
  return `${name}${frame.fin ? '' : ', FIN 0'}${frame.rsv1 ? ', RSV1' : ''}${meaning(frame)}`;
}

function meaning({ opcode, payload, rsv1 }: Frame): string {
  if (payload.length === 0) return ', empty';
  if (payload.length > payloadPrinted) return `, ${payload.length} bytes`;
  if (opcode === Opcode.Close) {
    const reason = payload.subarray(2).toString();
    return ` ${payload.readUInt16BE()}${reason && ` "${reason}"`}`;
  }
  const text = payload.toString();
  return rsv1 || /[\uFFFD\p{Cc}]/u.test(text) ? ` ${spaced(payload)}` : ` "${text}"`;
}
