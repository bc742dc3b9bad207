import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '../../../docs/handshake/recorded');

/** Writes a recording where the chapters import it from, and shows it. */
export function save(name: string, text: string): void {
  writeFileSync(join(folder, name), text);
  console.log(`${name}\n${text}`);
}

/** The same for a table, in Markdown, its first row the headings. */
export function saveTable(name: string, [headings, ...rows]: string[][]): void {
  const lines = [headings, headings.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`);
  save(name, lines.join(''));
}
