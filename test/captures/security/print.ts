import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeFrame } from '#labs/03-frames';

const folder = join(import.meta.dirname, '../../../docs/security/recorded');

/** Writes a recording where the chapters import it from, and shows it. */
export function save(name: string, text: string): void {
  writeFileSync(join(folder, name), text);
  console.log(`${name}\n${text}`);
}

/** The HTTP head one side sent, without the lines named, which say nothing here. */
export function headOf(bytes: Buffer, ...without: string[]): string {
  const [head] = `${bytes}`.split('\r\n\r\n');
  const left = head.split('\r\n').filter((line) => !without.some((name) => line.startsWith(`${name}:`)));
  return `${left.join('\n')}\n`;
}

/** What followed the head, frame by frame, two lines each: the payload as text, and the first bytes. */
export function framesOf(bytes: Buffer): string[] {
  let rest = bytes.subarray(bytes.indexOf('\r\n\r\n') + 4);
  const lines: string[] = [];
  for (let found = decodeFrame(rest); found; found = decodeFrame(rest)) {
    const { bytesRead, frame } = found;
    lines.push(`${frame.payload}`, `${hex(rest.subarray(0, 12))} …   ${bytesRead} bytes`);
    rest = rest.subarray(bytesRead);
  }
  return lines;
}

export function hex(bytes: Buffer): string {
  return bytes.toString('hex').replace(/..(?=.)/g, '$& ');
}
