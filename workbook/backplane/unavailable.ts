/** The store cannot be reached, so nothing is promised: the sender tries again, under the same id. */
export class Unavailable extends Error {
  override name = 'Unavailable';
  /** When it makes sense to try again, in milliseconds. */
  readonly retryAfterMs: number;

  constructor(message: string, retryAfterMs = 1_000) {
    super(message);
    this.retryAfterMs = retryAfterMs;
  }
}
