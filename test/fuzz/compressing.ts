import fc from 'fast-check';
import { Deflate, Z_SYNC_FLUSH } from 'pako';
import type { DeflateParameters } from '#labs/07-compression';
import type { Compress, Role } from './streams.ts';

export const parameters: fc.Arbitrary<DeflateParameters> = fc.record({
  serverNoContextTakeover: fc.boolean(),
  clientNoContextTakeover: fc.boolean(),
  // zlib cannot deflate with 8 bits; what it makes with 9 a window of 8 bits need not hold.
  serverMaxWindowBits: fc.integer({ min: 9, max: 15 }),
  clientMaxWindowBits: fc.integer({ min: 9, max: 15 }),
});

/**
 * What compresses for a peer of that role: pako, a zlib of its own that keeps its stream from message to
 * message, where the lab keeps a window and no stream.
 */
export function compressorFor(role: Role, agreed: DeflateParameters): () => Compress {
  const [windowBits, alone] =
    role === 'server'
      ? [agreed.clientMaxWindowBits, agreed.clientNoContextTakeover]
      : [agreed.serverMaxWindowBits, agreed.serverNoContextTakeover];
  return () => {
    let stream = new Deflate({ raw: true, windowBits });
    return (payload) => {
      if (alone) stream = new Deflate({ raw: true, windowBits });
      const parts: Uint8Array[] = [];
      stream.onData = (part) => parts.push(Buffer.from(part as Uint8Array));
      stream.push(payload, Z_SYNC_FLUSH);
      return Buffer.concat(parts).subarray(0, -4);
    };
  };
}
