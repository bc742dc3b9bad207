import type { WireNote } from '../chat/live-wire.ts';
import type { Verdict } from '../verdict.ts';

/** What `npm start` and an open page say to each other, over the dev server's own websocket. */
export interface FromWorkbook {
  /** The answer to `workbook:hello`: all that is known so far. */
  'workbook:state': WorkbookState;
  /** The checks of a lab are running. */
  'workbook:checking': { lab: string };
  'workbook:verdict': Verdict;
  /** What passed on the chat's WebSockets; only to a page that has sent `wire:watch`, until `wire:ignore`. */
  'wire:notes': WireNote[];
}

export interface WorkbookState {
  /** Of the labs that were checked since the start. */
  verdicts: Verdict[];
  /** Labs whose checks are running now. */
  checking: string[];
  /** Where the chat runs: `http://localhost:8080/`. */
  chatUrl?: string;
  /** Whether a page may watch the chat's wire: only when nobody but this machine can see it. */
  wire: boolean;
}
