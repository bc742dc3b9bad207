// You take the last value of a parameter that comes twice; such an offer is declined (RFC 7692 §7.1).
import {
  acceptOffer as acceptRightly,
  checkAnswer as checkRightly,
  type DeflateOptions,
} from '../../../solutions/07-compression.ts';

export * from '../../../solutions/07-compression.ts';

const once = (header: string) =>
  header
    .split(',')
    .map((element) =>
      [...new Map(element.split(';').map((part) => [part.split('=')[0].trim(), part])).values()].join(';'),
    )
    .join(',');

export function acceptOffer(header: string, options?: DeflateOptions): ReturnType<typeof acceptRightly> {
  return header.includes(';;') ? acceptRightly(header, options) : acceptRightly(once(header), options);
}

export function checkAnswer(offer: string, answer: string): ReturnType<typeof checkRightly> {
  return checkRightly(offer, once(answer));
}
