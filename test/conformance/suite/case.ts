import type { RawFrame } from '../peer/frame.ts';
import type { Cut, Seen } from '../peer/peer.ts';

/** How a connection must end. `codes`: those the other side's Close may carry; it may also carry none. */
export type Ending =
  /** The suite closes with 1000 once all that was expected has come; the Close must be answered. */
  | { kind: 'suite closes'; codes: number[] }
  /** The other side must fail the connection: by a Close with one of the codes, or by ending TCP. */
  | { kind: 'subject fails'; codes: number[] }
  /** A Close is among the frames sent. It must be answered, or else TCP may also end without an answer. */
  | { kind: 'case closes'; codes: number[]; mustAnswer: boolean };

interface Named {
  /** The number the public suite gave it, as in `5.19`. Groups 0 and 14 are ours. */
  id: string;
  /** What is sent, for people. */
  title: string;
  /** Every ending is allowed, and this is why; what happened is only told. */
  informational?: string;
}

/** One frame whose bytes come in parts, with a wait between two. */
export interface SlowFrame {
  slowly: RawFrame;
  /** Where its payload is cut. */
  at: readonly number[];
  /** Milliseconds between two parts. */
  wait: number;
}

/** Frames sent one after the other, and what must come back. */
export interface FrameCase extends Named {
  kind: 'frames';
  /** Frames; a number waits so many milliseconds. */
  send: readonly (RawFrame | SlowFrame | number)[];
  cut?: Cut;
  expect: readonly Seen[];
  /** Allowed too, but less than one could wish: NON-STRICT. */
  lenient?: readonly Seen[];
  ending: Ending;
  compression?: Compression;
}

/** Messages sent one by one; each must come back before the next leaves. Ends as `suite closes`. */
export interface EchoCase extends Named {
  kind: 'echo';
  count: number;
  message(index: number): { type: 'text' | 'binary'; data: Buffer };
  /** Bytes in a fragment; without it a message is one frame. */
  fragment?: number;
  cut?: Cut;
  compression?: Compression;
}

/** permessage-deflate (RFC 7692): what the suite asks for, in order of preference. */
export type Compression = readonly {
  /** That the other side compresses each message by itself. */
  noContextTakeover: boolean;
  /** The window the other side may use, as its base-2 logarithm; 0 for any. */
  maxWindowBits: number;
}[];

/** A request to a server. It must open a WebSocket, or must not. */
export interface ServerHandshakeCase extends Named {
  kind: 'request';
  /** The lines of the request. */
  request(key: string): string[];
  cut?: Cut;
  /** A message in the same write as the request. */
  withMessage?: boolean;
  expect: HandshakeExpectation;
  lenient?: HandshakeExpectation;
}

/** What a server may answer. */
export interface HandshakeExpectation {
  /** True: 101. False: any status from 400 to 499. */
  opens: boolean;
  /** Headers and what their value must be; undefined: the header must not be there. */
  headers?: Readonly<Record<string, RegExp | undefined>>;
}

/** A server's answer to the client's request. The client must go on, or must give up without a frame. */
export interface ClientHandshakeCase extends Named {
  kind: 'answer';
  /** The lines of the answer. */
  answer(accept: string): string[];
  cut?: Cut;
  /** A message in the same write as the answer. */
  withMessage?: boolean;
  opens: boolean;
}

export type Case = FrameCase | EchoCase | ServerHandshakeCase | ClientHandshakeCase;

export type Verdict = 'OK' | 'NON-STRICT' | 'INFORMATIONAL' | 'UNIMPLEMENTED' | 'FAILED';

/** What a case came to, for people. */
export interface Outcome {
  verdict: Verdict;
  /** What came back, or what was wrong with it. */
  got: string;
}
