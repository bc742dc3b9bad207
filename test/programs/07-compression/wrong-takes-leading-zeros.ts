// You read window bits with Number(), which takes 010, +10 and 1e1; a number here has no sign and no leading zero (RFC 7692 §7.1.2).
import {
  acceptOffer as acceptRightly,
  checkAnswer as checkRightly,
  type DeflateOptions,
} from '../../../solutions/07-compression.ts';

export * from '../../../solutions/07-compression.ts';

const plain = (header: string) =>
  header.replace(/bits=([\w+.]+)/g, (_, bits: string) => `bits=${Number(bits) || bits}`);

export function acceptOffer(header: string, options?: DeflateOptions): ReturnType<typeof acceptRightly> {
  return acceptRightly(plain(header), options);
}

export function checkAnswer(offer: string, answer: string): ReturnType<typeof checkRightly> {
  return checkRightly(offer, plain(answer));
}
