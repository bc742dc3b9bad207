// You answer client_max_window_bits to a client that did not offer it; such an answer fails its connection (RFC 7692 §7.1.2.2).
import { acceptOffer as acceptRightly, type DeflateOptions } from '../../../solutions/07-compression.ts';

export * from '../../../solutions/07-compression.ts';

export function acceptOffer(header: string, options?: DeflateOptions): ReturnType<typeof acceptRightly> {
  const accepted = acceptRightly(header, options);
  if (accepted || options?.clientMaxWindowBits === undefined) return accepted;
  return acceptRightly(header.replace(/^permessage-deflate/, '$&; client_max_window_bits'), options);
}
