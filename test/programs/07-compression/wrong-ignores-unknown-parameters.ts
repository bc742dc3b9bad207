// You pass over parameters you do not know; an offer with one is declined, for it may change everything (RFC 7692 §7.1).
import {
  acceptOffer as acceptRightly,
  checkAnswer as checkRightly,
  type DeflateOptions,
} from '../../../solutions/07-compression.ts';

export * from '../../../solutions/07-compression.ts';

const known = (header: string) =>
  header.replace(/; (window_bits=10|Server_no_context_takeover|constructor)/g, '');

export function acceptOffer(header: string, options?: DeflateOptions): ReturnType<typeof acceptRightly> {
  return acceptRightly(known(header), options);
}

export function checkAnswer(offer: string, answer: string): ReturnType<typeof checkRightly> {
  return checkRightly(offer, known(answer));
}
