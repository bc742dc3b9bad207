/**
 * Writes out how the accept of RFC 6455 §1.3 comes about, and what four usual mistakes make of it, for
 * docs/handshake/accept-key.md:
 *
 *     node --import tsx test/captures/handshake/accept.ts
 */
import { createHash } from 'node:crypto';
import { acceptKey } from '../../../solutions/01-handshake.ts';
import { save } from './save.ts';

const key = 'dGhlIHNhbXBsZSBub25jZQ==';
const guid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const sha1 = (data: string | Buffer) => createHash('sha1').update(data).digest();

/** Labels and values in two columns. */
function columns(rows: [label: string, value: string][]): string {
  const width = Math.max(...rows.map(([label]) => label.length));
  return rows.map(([label, value]) => `${label.padEnd(width)}   ${value}\n`).join('');
}

save(
  'accept-steps.txt',
  columns([
    ['the key, as sent', key],
    ['key and GUID', key + guid],
    ['SHA-1, 20 bytes', sha1(key + guid).toString('hex')],
    ['in base64', acceptKey(key)],
  ]),
);

save(
  'accept-mistakes.txt',
  columns([
    ['right', acceptKey(key)],
    ['the hash in hex, then base64', Buffer.from(sha1(key + guid).toString('hex')).toString('base64')],
    [
      'the key decoded first',
      sha1(Buffer.concat([Buffer.from(key, 'base64'), Buffer.from(guid)])).toString('base64'),
    ],
    ['the GUID in lower case', sha1(key + guid.toLowerCase()).toString('base64')],
    ['a line break left on the key', sha1(`${key}\r\n${guid}`).toString('base64')],
  ]),
);
