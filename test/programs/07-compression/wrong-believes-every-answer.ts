// Your client believes every answer; one that adds to the offer or leaves out what was asked fails the connection (RFC 7692 §7.1).
import { HandshakeError } from '../../../solutions/02-client-handshake.ts';
import { checkAnswer as checkRightly } from '../../../solutions/07-compression.ts';

export * from '../../../solutions/07-compression.ts';

export function checkAnswer(offer: string, answer: string): ReturnType<typeof checkRightly> {
  try {
    return checkRightly(offer, answer);
  } catch (error) {
    if (!(error instanceof HandshakeError) || !error.message.includes('does not fit')) throw error;
    return checkRightly('permessage-deflate; client_max_window_bits', answer);
  }
}
