import { type Level, levels, type TopicId, topicIds } from '../interview/topics.ts';
import type { DeckQuestion } from './deck.ts';

/** How long an interview can be, in minutes. */
export const lengths = [20, 45, 60] as const;

export type Minutes = (typeof lengths)[number];

/** Topics whose questions take half an hour: the longer interviews end with one. */
export const longTopics: readonly TopicId[] = ['coding', 'design'];

/** What a person wants to be asked. */
export interface Plan {
  /** Of the position. Questions of a lower level are asked, too. */
  level: Level;
  minutes: Minutes;
  /** None is any; and likewise with the long ones, which count for themselves. */
  topics: readonly TopicId[];
}

/** A question and the minutes that are planned for it. */
export interface Planned<Question> {
  question: Question;
  minutes: number;
}

/** Minutes for a question with its follow-ups; and how many there are in an interview, before the long one. */
const shortMinutes = 4;
const shortCounts: Record<Minutes, number> = { 20: 5, 45: 5, 60: 7 };

/** How often a question of the position's own level goes before one of a lower. */
const ownLevelFirst = 2 / 3;

/**
 * Draws an interview: questions from all topics in turn, the easier first, and for 45 and 60 minutes one of code or
 * design as the last. Fewer than planned, where the bank has not as many.
 *
 * @param random As `Math.random`.
 */
export function drawInterview<Question extends DeckQuestion>(
  bank: readonly Question[],
  { level, minutes, topics }: Plan,
  random: () => number,
): Planned<Question>[] {
  const chosen = (all: readonly TopicId[]) => {
    const ticked = all.filter((id) => topics.includes(id));
    return ticked.length > 0 ? ticked : all;
  };
  const pool = bank.filter((question) => rank(question.level) <= rank(level));
  const draw = (from: readonly TopicId[], count: number) =>
    drawInTurn(pool, shuffled(from, random), level, count, random);

  const count = shortCounts[minutes];
  const short = draw(chosen(topicIds.filter((id) => !longTopics.includes(id))), count)
    .sort((a, b) => rank(a.level) - rank(b.level))
    .map((question) => ({ question, minutes: shortMinutes }));
  const long = draw(chosen(longTopics), minutes === 20 ? 0 : 1).map((question) => ({
    question,
    minutes: minutes - count * shortMinutes,
  }));
  return [...short, ...long];
}

/** One of each topic, then a second one of each, until there are enough or no more. */
function drawInTurn<Question extends DeckQuestion>(
  pool: readonly Question[],
  turns: readonly TopicId[],
  level: Level,
  count: number,
  random: () => number,
): Question[] {
  const left = turns.map((topic) =>
    shuffled(
      pool.filter((question) => question.topic === topic),
      random,
    ),
  );
  const drawn: Question[] = [];
  while (drawn.length < count && left.some(({ length }) => length > 0)) {
    for (const questions of left.filter(({ length }) => length > 0).slice(0, count - drawn.length)) {
      const own = questions.findIndex((question) => question.level === level);
      const at = own > 0 && random() < ownLevelFirst ? own : 0;
      drawn.push(...questions.splice(at, 1));
    }
  }
  return drawn;
}

function rank(level: Level): number {
  return levels.indexOf(level);
}

function shuffled<Value>(values: readonly Value[], random: () => number): Value[] {
  return values
    .map((value) => ({ value, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ value }) => value);
}
