/** What the checks said of one lab: plain data, sent from the runner to the terminal and to the page. */
export interface Verdict {
  /** `03-frames`. */
  lab: string;
  state: LabState;
  checks: CheckResult[];
  /** Why the checks could not run, or what went wrong outside them, in one sentence. Always there when `broken`. */
  problem?: string;
  /** The sentence of the one known mistake whose failures are exactly these, as far as functions are written. */
  mistake?: string;
  /** What the learner's file printed while it was checked, its start. */
  printed?: string;
  durationMs: number;
}

/** `untouched`: still the fresh stub. `broken`: the file could not be run. */
export type LabState = 'untouched' | 'failing' | 'passed' | 'broken';

/** A check as it is listed before anything has run. */
export interface ListedCheck extends CheckMeta {
  title: string;
}

export interface CheckResult extends ListedCheck {
  /** `waiting`: it has not run, because the file is untouched or could not be run. */
  state: 'passed' | 'failed' | 'waiting';
  /** What was expected and what came, in words; only when it failed. */
  message?: string;
  /** It ended at a function that is not written yet, so it says nothing of what is written. */
  unfinished?: true;
  drawing?: Drawing;
}

/** What a check says of itself, whether or not it has run. */
export interface CheckMeta {
  /** The source of the rule: `6455 §5.2`, `9110 §7.8`, `WHATWG URL §4.4`. */
  rfc: string;
  /** Two levels of hint: a nudge, then the idea. */
  hint: readonly [nudge: string, idea: string];
  /** Optional and harder: a failing stretch check does not keep a lab from passing. */
  stretch: boolean;
}

/** Frames drawn field by field, expected above actual. */
export interface Drawing {
  rows: DrawnRow[];
}

export interface DrawnRow {
  label: 'expected' | 'actual';
  fields: DrawnField[];
}

/** One field of a frame (RFC 6455 §5.2), or bytes that are no frame. */
export interface DrawnField {
  name: 'FIN' | 'RSV' | 'opcode' | 'MASK' | 'length' | 'masking key' | 'payload' | 'bytes';
  /** The field as it stands on the wire: bits for the first four, hex bytes for the rest. */
  wire: string;
  /** What it means: `text`, `126 → 300`, `"Hello"`. */
  meaning: string;
  /** True where actual and expected differ. */
  wrong: boolean;
}
