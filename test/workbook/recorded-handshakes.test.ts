import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { acceptKey } from '#labs/01-handshake';

const folder = join(import.meta.dirname, '../../docs/handshake/recorded');
const files = readdirSync(folder).filter((name) => name.endsWith('.http'));

/** The value of a header that stands in the file at most once. */
const field = (text: string, name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(text)?.[1];

describe('the exchanges shown in the Handshake part', () => {
  test.each(files)('%s carries nothing but lines of text', (name) => {
    expect(readFileSync(join(folder, name), 'utf8')).toMatch(/^[\t\n -~]+$/);
  });

  const accepted = files.filter((name) => readFileSync(join(folder, name), 'utf8').includes(' 101 '));
  test.each(accepted)('%s: the accept belongs to the key', (name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    expect(field(text, 'Sec-WebSocket-Accept')).toBe(acceptKey(field(text, 'Sec-WebSocket-Key') ?? ''));
  });
});
