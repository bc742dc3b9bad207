import { isUtf8 } from 'node:buffer';
import type { RawFrame } from '../peer/frame.ts';
import type { Peer, Seen } from '../peer/peer.ts';
import type { Case, Ending } from './case.ts';

const names: Record<number, string> = {
  0: 'continuation',
  1: 'text',
  2: 'binary',
  8: 'close',
  9: 'ping',
  10: 'pong',
};
const shown = 24;

/** What a case sends, in words. */
export function describeSent(test: Case): string {
  if (test.kind === 'request') return test.request('<key>').join(' ⏎ ');
  if (test.kind === 'answer') return test.answer('<accept>').join(' ⏎ ');
  if (test.kind === 'echo') return `${test.title}, each once the one before has come back`;
  const frames = test.send.map((step) => {
    if (typeof step === 'number') return `(${step} ms)`;
    if ('opcode' in step) return describeFrame(step);
    return `${describeFrame(step.slowly)} in ${step.at.length + 1} parts`;
  });
  const cut = test.cut === undefined || test.cut === 'whole' ? '' : ` (${describeCut(test.cut)})`;
  return abridge(frames).join(', ') + cut;
}

function describeCut(cut: number | 'frames'): string {
  if (cut === 'frames') return 'a write a frame';
  return cut === 1 ? 'a write a byte' : `a write for ${cut} bytes`;
}

/** What a case wants to come back, in words. */
export function describeExpected(test: Case): string {
  if (test.kind === 'request')
    return test.expect.opens ? 'status 101, then an echo' : 'status 4xx, no WebSocket';
  if (test.kind === 'answer') return test.opens ? 'an echo' : 'the end of TCP, and no frame';
  if (test.kind === 'echo') return 'the same messages, then a clean close with 1000';
  return [...describeSeen(test.expect), describeEnding(test.ending)].join(', ');
}

function describeEnding({ kind, codes }: Ending): string {
  const list = codes.join(' or ');
  if (kind === 'subject fails') return `the connection failed with ${list}`;
  return kind === 'suite closes' ? `a clean close with ${list}` : `an answer to the Close, with ${list}`;
}

/** What came, in words. */
export function describeGot(peer: Peer): string {
  const parts = describeSeen(peer.seen);
  if (peer.violation) parts.push(`a broken rule: ${peer.violation}`);
  if (peer.closeReceived) {
    const { code } = peer.closeReceived;
    parts.push(`Close ${code ?? 'without a code'}${peer.closedFirst === 'suite' ? '' : ', unasked'}`);
  }
  if (peer.silent) parts.push('then nothing, and TCP left open');
  else if (!peer.closeReceived) parts.push('the end of TCP');
  return parts.join(', ');
}

/** Messages, pings, pongs and waits, in words. */
export function describeSeen(seen: readonly Seen[]): string[] {
  return abridge(
    seen.map((item) => (item.type === 'wait' ? '(wait)' : `${item.type} ${payload(item.data)}`)),
  );
}

function describeFrame({ opcode, fin, rsv, payload: bytes }: RawFrame): string {
  const flags = `${fin ? '' : ' FIN 0'}${rsv ? ` RSV ${rsv.toString(2).padStart(3, '0')}` : ''}`;
  return `${names[opcode] ?? `opcode ${opcode}`}${flags}${bytes.length > 0 ? ` ${payload(bytes)}` : ''}`;
}

/** Short and readable: text in quotes, other bytes in hex. */
function payload(bytes: Buffer): string {
  const start = bytes.subarray(0, shown);
  const printable = isUtf8(start) && !/[^\P{C}]/u.test(start.toString());
  const text = printable ? `"${start}${bytes.length > shown ? '…' : ''}"` : hex(start, bytes.length);
  return bytes.length > shown ? `${text} (${bytes.length} bytes)` : text;
}

function hex(start: Buffer, length: number): string {
  return `${start.toString('hex').replace(/(..)(?=.)/g, '$1 ')}${length > shown ? ' …' : ''}`;
}

function abridge(parts: string[]): string[] {
  return parts.length > 12
    ? [...parts.slice(0, 6), `… ${parts.length - 7} more …`, parts[parts.length - 1]]
    : parts;
}
