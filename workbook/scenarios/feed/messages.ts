import { z } from 'zod';
import { symbols, type Ticker } from './symbols.ts';

/** Absolute quantities: a level is set, never added to, so one that is told twice does no harm. 0 removes it. */
export type Level = readonly [side: Side, price: number, quantity: number];
export type Side = 'bid' | 'ask';

/**
 * Changes of one book. They are numbered from 1, by epoch and symbol, without holes; an update holds those from
 * `from` to `to`, of each level the newest or all of them.
 */
export interface Update {
  type: 'update';
  symbol: Ticker;
  /** The numbering, as the time in ms since 1970 when it began: a later one is greater. */
  epoch: number;
  from: number;
  to: number;
  levels: readonly Level[];
}

/** A whole book as it was after change `seq`. */
export interface Snapshot {
  type: 'snapshot';
  symbol: Ticker;
  epoch: number;
  seq: number;
  levels: readonly Level[];
}

/** Nothing has happened since change `seq`: without it, silence could be a loss. */
export interface Heartbeat {
  type: 'heartbeat';
  symbol: Ticker;
  epoch: number;
  seq: number;
}

/** What a reader of books reads. */
export type BookMessage = Update | Snapshot | Heartbeat;

export type ServerMessage =
  | BookMessage
  /** First. A reader is closed with more than `maxUnread` bytes unread. */
  | { type: 'welcome'; maxUnread: number }
  /** So many bytes were sent up to here: to be echoed as `read` by who has handled them. */
  | { type: 'mark'; sent: number };

export const clientMessage = z.discriminatedUnion('type', [
  /** Every change, or the newest state ten times a second. */
  z.object({ type: z.literal('subscribe'), product: z.enum(['full', 'conflated']) }),
  z.object({ type: z.literal('snapshot'), symbol: z.enum(symbols) }),
  z.object({ type: z.literal('read'), sent: z.number().int().nonnegative() }),
  /** The sketch only: the source begins to count anew, as after a failure. */
  z.object({ type: z.literal('restart') }),
]);
export type ClientMessage = z.infer<typeof clientMessage>;
export type Product = Extract<ClientMessage, { type: 'subscribe' }>['product'];
