// What the labs use of node:crypto, for pages.
import { sha1 } from '@noble/hashes/legacy.js';
import { Buffer } from './buffer.ts';

/** Only `sha1`, which the opening handshake needs (RFC 6455 §4.2.2). */
export function createHash(algorithm: string): Sha1 {
  if (algorithm !== 'sha1') throw new Error(`${algorithm} is not available in a page`);
  return new Sha1();
}

class Sha1 {
  readonly #hash = sha1.create();

  update(data: string | Uint8Array): this {
    this.#hash.update(Buffer.from(data));
    return this;
  }

  digest(): Buffer;
  digest(encoding: 'base64' | 'hex'): string;
  digest(encoding?: 'base64' | 'hex'): Buffer | string {
    const bytes = Buffer.from(this.#hash.digest());
    return encoding ? bytes.toString(encoding) : bytes;
  }
}

export function randomBytes(size: number): Buffer {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(size)));
}

export function randomFillSync<T extends Uint8Array<ArrayBuffer>>(bytes: T): T {
  return crypto.getRandomValues(bytes);
}
