import type { Seen } from '../peer/peer.ts';
import type { Ending } from '../suite/case.ts';

// What cases expect to come back.

export const echoed = (payload: string | Buffer, type: 'text' | 'binary' = 'text'): Seen => ({
  type,
  data: Buffer.from(payload),
});
export const ponged = (payload: string | Buffer = ''): Seen => ({ type: 'pong', data: Buffer.from(payload) });
export const waited: Seen = { type: 'wait' };

/** The suite closes once all came, and the other side answers. */
export const closes: Ending = { kind: 'suite closes', codes: [1000] };
/** The other side fails the connection. */
export const fails = (...codes: number[]): Ending => ({ kind: 'subject fails', codes });
/** A Close is among the frames: it is answered with one of the codes, or without. */
export const answers = (...codes: number[]): Ending => ({ kind: 'case closes', codes, mustAnswer: true });
/** The same; or TCP ends without an answer. */
export const answersOrDrops = (...codes: number[]): Ending => ({
  kind: 'case closes',
  codes,
  mustAnswer: false,
});
