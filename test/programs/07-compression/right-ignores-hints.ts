// Right, and ignores what a client says of itself, as RFC 7692 §7.1.1.2 and §7.1.2.2 allow.
import { acceptOffer as acceptRightly, type DeflateOptions } from '../../../solutions/07-compression.ts';

export * from '../../../solutions/07-compression.ts';

export function acceptOffer(header: string, options?: DeflateOptions): ReturnType<typeof acceptRightly> {
  const wanted = acceptRightly(header, options);
  if (!wanted || options) return wanted;
  return {
    parameters: { ...wanted.parameters, clientNoContextTakeover: false, clientMaxWindowBits: 15 },
    answer: wanted.answer.replace(/; client_\w+(=\d+)?/g, ''),
  };
}
