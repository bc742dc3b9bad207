/**
 * Writes out how the accept of RFC 6455 §1.3 comes about, and what four usual mistakes make of it, for
 * docs/handshake/accept-key.md:
 *
 *     node --import tsx test/captures/handshake/accept.ts
 */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { acceptKey } from '../../../solutions/01-handshake.ts';

const folder = join(import.meta.dirname, '../../../docs/handshake/recorded');
const key = 'dGhlIHNhbXBsZSBub25jZQ==';
const guid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const sha1 = (data: string | Buffer) => createHash('sha1').update(data).digest();

function save(name: string, rows: string[][]): void {
  const width = Math.max(...rows.map(([label]) => label.length));
  const text = rows.map(([label, value]) => `${label.padEnd(width)}   ${value}\n`).join('');
  writeFileSync(join(folder, name), text);
  console.log(text);
}

save('accept-steps.txt', [
  ['the key, as sent', key],
  ['key and GUID', key + guid],
  ['SHA-1, 20 bytes', sha1(key + guid).toString('hex')],
  ['in base64', acceptKey(key)],
]);

save('accept-mistakes.txt', [
  ['right', acceptKey(key)],
  ['the hash in hex, then base64', Buffer.from(sha1(key + guid).toString('hex')).toString('base64')],
  [
    'the key decoded first',
    sha1(Buffer.concat([Buffer.from(key, 'base64'), Buffer.from(guid)])).toString('base64'),
  ],
  ['the GUID in lower case', sha1(key + guid.toLowerCase()).toString('base64')],
  ['a line break left on the key', sha1(`${key}\r\n${guid}`).toString('base64')],
]);
