import type { Level, Side } from './messages.ts';

/** The open orders of one symbol: how much is bid and asked at each price, in whole ticks. */
export class Book {
  readonly #sides = { bid: new Map<number, number>(), ask: new Map<number, number>() };

  constructor(levels: readonly Level[] = []) {
    this.apply(levels);
  }

  apply(levels: readonly Level[]): void {
    for (const [side, price, quantity] of levels) {
      if (quantity === 0) this.#sides[side].delete(price);
      else this.#sides[side].set(price, quantity);
    }
  }

  /** 0 where nothing is bid or asked. */
  quantity(side: Side, price: number): number {
    return this.#sides[side].get(price) ?? 0;
  }

  /** Prices with their quantities, the best first: the highest bid, the lowest ask. */
  side(side: Side): [price: number, quantity: number][] {
    const best = side === 'bid' ? -1 : 1;
    return [...this.#sides[side]].sort(([a], [b]) => best * (a - b));
  }

  /** All of it, the best first. */
  levels(): Level[] {
    return (['bid', 'ask'] as const).flatMap((side) =>
      this.side(side).map(([price, quantity]) => [side, price, quantity] as const),
    );
  }
}
