import { type Card, createEmptyCard, fsrs, type Grade, State } from 'ts-fsrs';
import type { Level, TopicId } from '../interview/topics.ts';
import type { History, Known } from './history.ts';

/** A question, as far as the deck has to know it. */
export interface DeckQuestion extends Known {
  topic: TopicId;
  level: Level;
}

/** What a person wants to be asked. An empty list is everything. */
export interface Filter {
  topics: readonly TopicId[];
  levels: readonly Level[];
}

/** How far one is with the questions that are wanted. */
export interface Counts {
  /** To be asked again by now. */
  due: number;
  /** Never asked. */
  fresh: number;
  /** Answered well enough to come back in days, not in minutes; some of them may be due. */
  learned: number;
}

/** Questions that are asked for the first time in one sitting: more are not remembered. */
const freshPerSitting = 10;

const scheduler = fsrs({ enable_fuzz: false });

/** The cards of one sitting: what is due comes first, the longest overdue before all, and then what is new. */
export class Deck<Question extends DeckQuestion> {
  readonly #questions: readonly Question[];
  readonly #history: History;
  readonly #now: () => Date;
  #freshLeft = freshPerSitting;

  constructor(questions: readonly Question[], history: History, now: () => Date = () => new Date()) {
    this.#questions = questions;
    this.#history = history;
    this.#now = now;
  }

  counts(filter: Filter): Counts {
    const wanted = this.#wanted(filter);
    const known = wanted.map((question) => this.#history.get(question)).filter((card) => card !== undefined);
    const learned = known.filter(({ state }) => state === State.Review).length;
    return { due: this.#due(wanted).length, fresh: wanted.length - known.length, learned };
  }

  /** What to ask now; undefined when nothing is due, and enough was new for one sitting. */
  next(filter: Filter): Question | undefined {
    const wanted = this.#wanted(filter);
    const [due] = this.#due(wanted);
    if (due || this.#freshLeft === 0) return due;
    return wanted.find((question) => !this.#history.get(question));
  }

  /** More new ones, for who wants to go on. */
  goOn(): void {
    this.#freshLeft = freshPerSitting;
  }

  /** When each grade would bring the question back, in ms from now. */
  preview(question: Question): Record<Grade, number> {
    const now = this.#now();
    const preview = scheduler.repeat(this.#card(question), now);
    const wait = (grade: Grade) => preview[grade].card.due.getTime() - now.getTime();
    return { 1: wait(1), 2: wait(2), 3: wait(3), 4: wait(4) };
  }

  grade(question: Question, grade: Grade): void {
    const card = this.#card(question);
    if (card.state === State.New && this.#freshLeft > 0) this.#freshLeft--;
    this.#history.set(question, scheduler.next(card, this.#now(), grade).card);
  }

  #card(question: Question): Card {
    return this.#history.get(question) ?? createEmptyCard(this.#now());
  }

  #wanted({ topics, levels }: Filter): Question[] {
    const has = <Value>(values: readonly Value[], value: Value) =>
      values.length === 0 || values.includes(value);
    return this.#questions.filter(({ topic, level }) => has(topics, topic) && has(levels, level));
  }

  #due(wanted: readonly Question[]): Question[] {
    const now = this.#now().getTime();
    const dueAt = (question: Question) =>
      this.#history.get(question)?.due.getTime() ?? Number.POSITIVE_INFINITY;
    return wanted.filter((question) => dueAt(question) <= now).sort((a, b) => dueAt(a) - dueAt(b));
  }
}
