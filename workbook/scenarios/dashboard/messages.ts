import { z } from 'zod';

/** Values by the names of their metrics. */
export type Values = Record<string, number>;

/** Everything, as it was after change `version`. */
export interface Snapshot {
  type: 'snapshot';
  version: number;
  /** How long ago the source had last spoken, in ms, when this was sent. */
  ageMs: number;
  set: Values;
}

/** The newest values of what has changed after version `from`, up to `to`. */
export interface Delta {
  type: 'delta';
  from: number;
  to: number;
  ageMs: number;
  set: Values;
}

/** What the server keeps for a reader that has no credit. */
export interface Kept {
  type: 'kept';
  /** Slots taken, and the bytes of the delta that they would make. */
  slots: number;
  bytes: number;
  /** Changes since the reader's version: what a queue would hold. */
  changes: number;
}

export type State = Snapshot | Delta;
export type ServerMessage = State | Kept;

export const clientMessage = z.discriminatedUnion('type', [
  /** The reader's credit: it has drawn this version, and will take the next message. */
  z.object({ type: z.literal('drawn'), version: z.number().int().nonnegative() }),
  /** The sketch only: lets the source speak, or be silent as after a failure. */
  z.object({ type: z.literal('source'), running: z.boolean() }),
]);
export type ClientMessage = z.infer<typeof clientMessage>;
