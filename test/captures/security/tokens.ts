import { encodeFrame, Opcode } from '#labs/03-frames';
import { Authority, MemoryClaims } from '#labs/15-auth';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { hex, save } from './print.ts';

/** A session, a ticket made from it, what both say, and the frame that carries the ticket. */
export async function recordTokens(): Promise<void> {
  const clock = new VirtualClock();
  const secret = Buffer.from('a secret of the server, 32 bytes');
  const authority = new Authority({ secret, claims: new MemoryClaims(clock), clock });
  const session = await authority.createSession({ id: 'u1', name: 'Ada' });
  const identity = await authority.readSession(session);
  if (!identity) throw new Error('The session is not good.');
  const { ticket } = await authority.issueTicket(identity);
  save('session.txt', describe(session));
  save('ticket.txt', describe(ticket));
  const payload = Buffer.from(JSON.stringify({ type: 'auth', ticket }));
  const frame = encodeFrame({ opcode: Opcode.Text, payload, maskingKey: Buffer.from('37fa213d', 'hex') });
  save(
    'auth-frame.txt',
    `${hex(frame.subarray(0, 16))} …   ${frame.length} bytes\n{"type":"auth","ticket":"${ticket.slice(0, 12)}…"}\n`,
  );
}

/** The token as it is, folded, and its first two parts read. */
function describe(token: string): string {
  const [header, claims] = token.split('.').map((part) => Buffer.from(part, 'base64url').toString());
  const folded = token.match(/.{1,70}/g)?.join('\n');
  return `${folded}\n\n${header}\n${claims.replaceAll(/(?<=[^{],)(?=")/g, '\n ')}\n`;
}
