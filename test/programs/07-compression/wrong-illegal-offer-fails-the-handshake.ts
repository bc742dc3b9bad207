// You throw for an offer with an illegal parameter; it is declined, and the next one looked at (RFC 7692 §7.1).
import { acceptOffer as acceptRightly, type DeflateOptions } from '../../../solutions/07-compression.ts';

export * from '../../../solutions/07-compression.ts';

export function acceptOffer(header: string, options?: DeflateOptions): ReturnType<typeof acceptRightly> {
  for (const offer of header.split(',')) {
    const isOurs = /^\s*permessage-deflate\b/.test(offer);
    if (isOurs && !acceptRightly(offer)) throw new Error(`illegal: ${offer}`);
  }
  return acceptRightly(header, options);
}
