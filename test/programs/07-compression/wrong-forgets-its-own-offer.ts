// Your client forgets what it said of itself: with client_max_window_bits=12 in its offer it keeps to 12 bits, whatever the answer leaves out (RFC 7692 §7.1.2.2).
import { checkAnswer as checkRightly } from '../../../solutions/07-compression.ts';

export * from '../../../solutions/07-compression.ts';

export function checkAnswer(offer: string, answer: string): ReturnType<typeof checkRightly> {
  const parameters = checkRightly(offer, answer);
  return (
    parameters && {
      ...parameters,
      clientNoContextTakeover: answer.includes('client_no_context_takeover'),
      clientMaxWindowBits: Number(/client_max_window_bits=(\d+)/.exec(answer)?.[1] ?? 15),
    }
  );
}
