// You accept an offer and leave its server_ parameters out of the answer; that they are in it is how you accept them (RFC 7692 §7.1.1.1, §7.1.2.1).
import { acceptOffer as acceptRightly, type DeflateOptions } from '../../../solutions/07-compression.ts';

export * from '../../../solutions/07-compression.ts';

export function acceptOffer(header: string, options?: DeflateOptions): ReturnType<typeof acceptRightly> {
  const accepted = acceptRightly(header, options);
  const own = options?.serverMaxWindowBits ?? options?.serverNoContextTakeover;
  if (!accepted || own !== undefined) return accepted;
  const answer = accepted.answer.replace(/; server_\w+(=\d+)?/g, '');
  const { clientNoContextTakeover, clientMaxWindowBits } = accepted.parameters;
  const server = { serverNoContextTakeover: false, serverMaxWindowBits: 15 };
  return { answer, parameters: { ...server, clientNoContextTakeover, clientMaxWindowBits } };
}
