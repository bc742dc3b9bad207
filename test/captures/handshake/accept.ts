/**
 * Writes out how the accept of RFC 6455 §1.3 comes about, and what four usual mistakes make of it, for
 * docs/handshake/accept-key.md:
 *
 *     node --import tsx test/captures/handshake/accept.ts
 */
import { createHash } from 'node:crypto';
import { acceptKey } from '../../../solutions/01-handshake.ts';
import { saveTable } from './save.ts';

const key = 'dGhlIHNhbXBsZSBub25jZQ==';
const guid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const sha1 = (data: string | Buffer) => createHash('sha1').update(data).digest();

const code = (text: string) => `\`${text}\``;

saveTable('accept-steps.txt', [
  ['step', 'value'],
  ['the key, as sent', code(key)],
  ['key and GUID', code(key + guid)],
  ['SHA-1, 20 bytes', code(sha1(key + guid).toString('hex'))],
  ['in base64', code(acceptKey(key))],
]);

const decodedKey = Buffer.concat([Buffer.from(key, 'base64'), Buffer.from(guid)]);
saveTable('accept-mistakes.txt', [
  ['what was done', '`Sec-WebSocket-Accept`'],
  ['the right thing', code(acceptKey(key))],
  ['the hash in hex, then base64', code(Buffer.from(sha1(key + guid).toString('hex')).toString('base64'))],
  ['the key decoded first', code(sha1(decodedKey).toString('base64'))],
  ['the GUID in lower case', code(sha1(key + guid.toLowerCase()).toString('base64'))],
  ['a line break left on the key', code(sha1(`${key}\r\n${guid}`).toString('base64'))],
]);
