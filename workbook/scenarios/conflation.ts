// #region conflation
/**
 * What waits for one reader: a slot a key, and no queue. A change of a key whose slot is taken is merged into what
 * waits there. So however long the reader takes, no more waits than there are keys, and it is never out of date.
 */
export class Conflation<Key, Change> {
  readonly #merge: (waiting: Change, newer: Change) => Change;
  #slots = new Map<Key, Change>();

  constructor(merge: (waiting: Change, newer: Change) => Change) {
    this.#merge = merge;
  }

  /** Slots taken. */
  get size(): number {
    return this.#slots.size;
  }

  has(key: Key): boolean {
    return this.#slots.has(key);
  }

  push(key: Key, change: Change): void {
    const waiting = this.#slots.get(key);
    // A key that is there already keeps its place in a Map: what has waited longest stays first.
    this.#slots.set(key, waiting === undefined ? change : this.#merge(waiting, change));
  }

  /** What waits, without taking it. */
  peek(): ReadonlyMap<Key, Change> {
    return this.#slots;
  }

  /** All that waits; the slots are empty again. */
  take(): ReadonlyMap<Key, Change> {
    const taken = this.#slots;
    this.#slots = new Map();
    return taken;
  }
}
// #endregion conflation
