// Right, and names every window in its answer, also one of 15 bits.
import { acceptOffer as acceptRightly, type DeflateOptions } from '../../../solutions/07-compression.ts';

export * from '../../../solutions/07-compression.ts';

export function acceptOffer(header: string, options?: DeflateOptions): ReturnType<typeof acceptRightly> {
  const accepted = acceptRightly(header, options);
  if (!accepted || accepted.answer.includes('server_max_window_bits')) return accepted;
  return { ...accepted, answer: `${accepted.answer}; server_max_window_bits=15` };
}
