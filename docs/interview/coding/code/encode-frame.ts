/** A whole frame, FIN set. A client gives four random bytes as the key; a server gives none. */
export function encodeFrame(opcode: number, payload: Uint8Array, key?: Uint8Array): Buffer {
  const { length } = payload;
  const lengthBytes = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const header = Buffer.alloc(2 + lengthBytes + (key ? 4 : 0));
  header[0] = 0x80 | opcode;
  header[1] = (key ? 0x80 : 0) | (lengthBytes === 0 ? length : lengthBytes === 2 ? 126 : 127);
  if (lengthBytes === 2) header.writeUInt16BE(length, 2);
  if (lengthBytes === 8) header.writeBigUInt64BE(BigInt(length), 2);
  if (key) header.set(key, 2 + lengthBytes);

  // concat copies, so that the caller's own bytes are not masked.
  const frame = Buffer.concat([header, payload]);
  if (key) for (let i = 0; i < length; i++) frame[header.length + i] ^= key[i % 4];
  return frame;
}

export function textFrame(text: string, key?: Uint8Array): Buffer {
  return encodeFrame(1, Buffer.from(text), key);
}
