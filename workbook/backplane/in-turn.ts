/** Jobs under one key run one after the other, in the order they were given; those of other keys meanwhile. */
export class InTurn {
  readonly #last = new Map<string, Promise<void>>();

  /** Settles as the job does. One that fails does not keep the next from running. */
  run<T>(key: string, job: () => Promise<T>): Promise<T> {
    const done = (this.#last.get(key) ?? Promise.resolve()).then(job);
    const next: Promise<void> = done.then(
      () => this.#forget(key, next),
      () => this.#forget(key, next),
    );
    this.#last.set(key, next);
    return done;
  }

  #forget(key: string, last: Promise<void>): void {
    if (this.#last.get(key) === last) this.#last.delete(key);
  }
}
