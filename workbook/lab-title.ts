import { existsSync, readFileSync } from 'node:fs';
import type { Lab } from './course.ts';

/** A lab's title as its page has it, or else the words of its id: `Frame parser`. */
export function labTitle(lab: Lab): string {
  const page = existsSync(lab.page) ? readFileSync(lab.page, 'utf8') : '';
  const title = /^---\r?\n[\s\S]*?^title: *(.+?)\r?$[\s\S]*?^---/m.exec(page)?.[1];
  const words = lab.id.slice(lab.number.length + 1).replaceAll('-', ' ');
  return title?.replace(/^(['"])(.*)\1$/, '$2') ?? words.charAt(0).toUpperCase() + words.slice(1);
}
