import { type Card, createEmptyCard } from 'ts-fsrs';
// The small form: pages load it.
import * as z from 'zod/mini';

/** A card as it is kept: times in ms since 1970. */
const storedCard = z.object({
  due: z.number(),
  stability: z.number(),
  difficulty: z.number(),
  elapsed_days: z.number(),
  scheduled_days: z.number(),
  learning_steps: z.number(),
  reps: z.number(),
  lapses: z.number(),
  state: z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)]),
  last_review: z.optional(z.number()),
});

/** What a person knows, as it is kept in the browser and in an exported file. */
const storedHistory = z.object({
  /** Of this form. A later one must still read this one. */
  version: z.literal(1),
  cards: z.record(z.string(), storedCard),
});

type StoredHistory = z.infer<typeof storedHistory>;

/** As far as a history has to know a question. */
export interface Known {
  id: string;
  /** Ids it had in earlier banks. */
  formerly: readonly string[];
}

/**
 * What a person knows of each question that was ever answered. Questions that the bank no longer has stay in it:
 * they may come back.
 */
export class History {
  readonly #cards: Map<string, Card>;

  constructor(cards: Iterable<[string, Card]> = []) {
    this.#cards = new Map(cards);
  }

  /** @throws Error, in a sentence for a person, for a text that is no history. */
  static parse(text: string): History {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      throw new Error('This file is not JSON, so it is no history of this deck.');
    }
    const stored = storedHistory.safeParse(value);
    if (!stored.success) throw new Error('This file is no history of this deck, or one of a later version.');
    return new History(Object.entries(stored.data.cards).map(([id, card]) => [id, toCard(card)]));
  }

  toJSON(): StoredHistory {
    const cards = [...this.#cards].map(([id, card]): [string, StoredHistory['cards'][string]] => [
      id,
      toStored(card),
    ]);
    return { version: 1, cards: Object.fromEntries(cards) };
  }

  /** How many questions were ever answered. */
  get size(): number {
    return this.#cards.size;
  }

  /** Undefined for one that was never answered. */
  get({ id, formerly }: Known): Card | undefined {
    return [id, ...formerly].map((known) => this.#cards.get(known)).find((card) => card !== undefined);
  }

  set({ id, formerly }: Known, card: Card): void {
    for (const old of formerly) this.#cards.delete(old);
    this.#cards.set(id, card);
  }

  /** Takes in another one, from a file say: of each card the one that was answered last. */
  merge(other: History): void {
    for (const [id, card] of other.#cards) {
      if (answeredAt(card) > answeredAt(this.#cards.get(id))) this.#cards.set(id, card);
    }
  }
}

function answeredAt(card: Card | undefined): number {
  return card ? (card.last_review?.getTime() ?? 0) : -1;
}

function toCard({ due, last_review, ...rest }: StoredHistory['cards'][string]): Card {
  const times = {
    due: new Date(due),
    last_review: last_review === undefined ? undefined : new Date(last_review),
  };
  return { ...createEmptyCard(times.due), ...rest, ...times };
}

function toStored({ due, last_review, ...rest }: Card): StoredHistory['cards'][string] {
  return { ...rest, due: due.getTime(), last_review: last_review?.getTime() };
}
