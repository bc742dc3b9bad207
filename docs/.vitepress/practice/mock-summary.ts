import type { TopicId } from '../interview/topics.ts';
import { type Dimension, type Marks, mean, meanMark, rubric } from './rubric.ts';

/** A question as it was answered. */
export interface Answer<Question> {
  question: Question;
  marks: Marks;
  notes: string;
  /** From its being shown to the next, in ms. */
  tookMs: number;
}

/** As far as a summary has to know a question. */
export interface SummedUp {
  title: string;
  topic: TopicId;
  /** As in its file: `/framing/masking`. */
  chapter: string;
}

/** What an interview has shown. */
export interface Summary {
  tookMs: number;
  graded: number;
  /** Undefined where nothing was graded, or all are alike. */
  weakestDimension?: Dimension;
  weakestTopic?: TopicId;
  /** Chapters of the answers below 3, the weakest first. */
  chapters: string[];
}

export function sumUp(answers: readonly Answer<SummedUp>[]): Summary {
  const graded = answers
    .map(({ question, marks }) => ({ question, marks, mean: meanMark(marks) ?? 0 }))
    .filter((answer) => answer.mean > 0);
  const byDimension = rubric.map(({ id }) => ({
    id,
    marks: graded.map(({ marks }) => marks[id]).filter((mark) => mark !== undefined),
  }));
  const byTopic = [...new Set(graded.map(({ question }) => question.topic))].map((id) => ({
    id,
    marks: graded.filter(({ question }) => question.topic === id).map((answer) => answer.mean),
  }));
  const toRead = graded.filter((answer) => answer.mean < 3).sort((a, b) => a.mean - b.mean);
  return {
    tookMs: answers.reduce((sum, { tookMs }) => sum + tookMs, 0),
    graded: graded.length,
    weakestDimension: weakest(byDimension),
    weakestTopic: weakest(byTopic),
    chapters: [...new Set(toRead.map(({ question }) => question.chapter))],
  };
}

/** Undefined where none is weaker than another. */
function weakest<Id>(groups: readonly { id: Id; marks: readonly number[] }[]): Id | undefined {
  const known = groups
    .map(({ id, marks }) => ({ id, mean: mean(marks) ?? 0 }))
    .filter((group) => group.mean > 0)
    .sort((a, b) => a.mean - b.mean);
  const last = known.at(-1);
  return last && known[0].mean < last.mean ? known[0].id : undefined;
}
