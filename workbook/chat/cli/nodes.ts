/** The nodes of one chat in a client's order, and with which of them it begins the next time. */
export class Nodes {
  readonly #order: readonly URL[];
  #first = 0;

  /** `order`: the best first; at least one. */
  constructor(order: readonly URL[]) {
    this.#order = order;
  }

  /** To be tried one after the other: each once. */
  get candidates(): URL[] {
    return [...this.#order.slice(this.#first), ...this.#order.slice(0, this.#first)];
  }

  /** It was connected: whatever ends that, the next attempt begins with the best again. */
  connected(): void {
    this.#first = 0;
  }

  /** This one gave a ticket and then no connection: the next attempt begins with the one after it. */
  refused(node: URL): void {
    this.#first = (this.#order.indexOf(node) + 1) % this.#order.length;
  }
}
