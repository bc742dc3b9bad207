// You look at the first element of the header only; a client may list several offers (RFC 7692 §5).
import { acceptOffer as acceptRightly, type DeflateOptions } from '../../../solutions/07-compression.ts';

export * from '../../../solutions/07-compression.ts';

export function acceptOffer(header: string, options?: DeflateOptions): ReturnType<typeof acceptRightly> {
  acceptRightly(header, options);
  return acceptRightly(header.split(',')[0], options);
}
