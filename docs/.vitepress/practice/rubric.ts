import { type Grade, Rating } from 'ts-fsrs';

/** What an answer is graded on. The sentences are for 1 to 4, in this order. */
export const rubric = [
  {
    id: 'communication',
    title: 'Communication',
    values: [
      'I lost the thread, or talked around the question.',
      'The answer was in it, and had to be searched for.',
      'The answer came first, then the reasons, in order.',
      'Somebody new to the subject could repeat it.',
    ],
  },
  {
    id: 'solving',
    title: 'Problem solving',
    values: [
      'I did not know where to begin.',
      'I came to one way, or needed a hint.',
      'I asked what was open, and compared two ways.',
      'I also said when my choice would be the wrong one.',
    ],
  },
  {
    id: 'depth',
    title: 'Technical depth',
    values: [
      'It was wrong, or words I have only heard.',
      'It was right, until a follow-up came.',
      'I explained how it works, and why so.',
      'I also named its limits and how it fails.',
    ],
  },
  {
    id: 'verification',
    title: 'Verification',
    values: [
      'I claimed it. How one could know, I did not say.',
      'I would try it once by hand.',
      'I named a test, a capture or a figure that shows it.',
      'I also named what would prove me wrong.',
    ],
  },
] as const;

export type Dimension = (typeof rubric)[number]['id'];

/** 1 to 4, as in the rubric. */
export type Mark = 1 | 2 | 3 | 4;

/** An answer's marks; whoever grades need not grade everything. */
export type Marks = Partial<Record<Dimension, Mark>>;

/** The mean of the marks given; undefined for none. */
export function meanMark(marks: Marks): number | undefined {
  return mean(Object.values(marks));
}

/** Undefined for no numbers. */
export function mean(numbers: readonly number[]): number | undefined {
  return numbers.length === 0 ? undefined : numbers.reduce((sum, each) => sum + each) / numbers.length;
}

/**
 * What the deck should take the answer for: the mean, and never better than its technical depth, since cards are
 * about what one knows. Undefined without marks.
 */
export function toRating(marks: Marks): Grade | undefined {
  const overall = meanMark(marks);
  if (overall === undefined) return undefined;
  const ratings = [Rating.Again, Rating.Hard, Rating.Good, Rating.Easy] as const;
  return ratings[Math.min(Math.round(overall), marks.depth ?? 4) - 1];
}
