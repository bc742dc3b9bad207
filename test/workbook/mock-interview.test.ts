import { Rating } from 'ts-fsrs';
import { describe, expect, test } from 'vitest';
import { readBank } from '../../docs/.vitepress/interview/bank.ts';
import { readFollowUps } from '../../docs/.vitepress/interview/follow-ups.ts';
import { levels, topicIds } from '../../docs/.vitepress/interview/topics.ts';
import { clock, inMinutes } from '../../docs/.vitepress/practice/clock.ts';
import type { DeckQuestion } from '../../docs/.vitepress/practice/deck.ts';
import { drawInterview, longTopics, type Plan } from '../../docs/.vitepress/practice/mock.ts';
import { toMarkdown } from '../../docs/.vitepress/practice/mock-markdown.ts';
import { type Answer, type SummedUp, sumUp } from '../../docs/.vitepress/practice/mock-summary.ts';
import { type Marks, rubric, toRating } from '../../docs/.vitepress/practice/rubric.ts';
import { seededRandom } from '../../workbook/seeded-random.ts';

describe('the questions drawn', () => {
  /** Four of each topic and level. */
  const bank: DeckQuestion[] = topicIds.flatMap((topic) =>
    levels.flatMap((level) =>
      [1, 2, 3, 4].map((n) => ({ id: `${topic}/${level}-${n}`, formerly: [], topic, level })),
    ),
  );
  const anything: Plan = { level: 'mid', minutes: 45, topics: [] };
  const draw = (plan: Partial<Plan>, seed = 1, from = bank) =>
    drawInterview(from, { ...anything, ...plan }, seededRandom(seed));
  const idsOf = (drawn: ReturnType<typeof draw>) => drawn.map(({ question }) => question.id);

  test('one seed draws one interview, another draws another', () => {
    expect(draw({}, 1)).toEqual(draw({}, 1));
    expect(idsOf(draw({}, 2))).not.toEqual(idsOf(draw({}, 1)));
  });

  test.each([
    [20, 5],
    [45, 6],
    [60, 8],
  ] as const)('%d minutes are planned for %d questions, none of them twice', (minutes, count) => {
    const drawn = draw({ minutes });
    expect(new Set(idsOf(drawn)).size).toBe(count);
    expect(drawn.reduce((sum, planned) => sum + planned.minutes, 0)).toBe(minutes);
  });

  test('45 and 60 minutes end with code or a design, and have no other; 20 have none', () => {
    for (let seed = 0; seed < 20; seed++) {
      const longOnes = (minutes: Plan['minutes']) =>
        draw({ minutes }, seed).map(({ question }) => longTopics.includes(question.topic));
      expect(longOnes(20)).not.toContain(true);
      expect(longOnes(45).indexOf(true)).toBe(5);
      expect(longOnes(60).indexOf(true)).toBe(7);
    }
  });

  test('every topic has its turn before one comes again', () => {
    const topics = draw({ minutes: 60 }).map(({ question }) => question.topic);
    expect(new Set(topics).size).toBe(topics.length);
  });

  test('the easier come first, most are of the level asked for, and none is above it', () => {
    const short = Array.from({ length: 20 }, (_, seed) => {
      const ranks = draw({ minutes: 20 }, seed).map(({ question }) => levels.indexOf(question.level));
      expect(ranks).toEqual([...ranks].sort());
      return ranks;
    }).flat();
    expect(Math.max(...short)).toBe(levels.indexOf('mid'));
    expect(short.filter((rank) => rank === 1).length).toBeGreaterThan(short.length / 2);
    expect(short).toContain(0);
    expect(idsOf(draw({ level: 'junior' })).every((id) => id.includes('/junior-'))).toBe(true);
  });

  test('topics can be chosen, and the last question for itself', () => {
    const drawn = draw({ topics: ['security', 'framing', 'design'] });
    const topics = drawn.map(({ question }) => question.topic);
    expect(new Set(topics.slice(0, 5))).toEqual(new Set(['security', 'framing']));
    expect(topics[5]).toBe('design');
    expect(longTopics).toContain(draw({ topics: ['security'] }).at(-1)?.question.topic);
  });

  test('a small bank gives a shorter interview, and an empty one none', () => {
    const few = bank.filter(({ id }) => id === 'framing/junior-1' || id === 'coding/mid-1');
    expect(idsOf(draw({ minutes: 60 }, 1, few))).toEqual(['framing/junior-1', 'coding/mid-1']);
    expect(draw({}, 1, [])).toEqual([]);
    expect(draw({ level: 'junior', minutes: 20, topics: ['design'] }, 1, few)).toHaveLength(1);
  });
});

describe('the rubric', () => {
  test('has four dimensions with four sentences each', () => {
    expect(rubric.map(({ values }) => new Set(values).size)).toEqual([4, 4, 4, 4]);
  });

  test.each([
    ['all at their lowest', { communication: 1, solving: 1, depth: 1, verification: 1 }, Rating.Again],
    ['all at their highest', { communication: 4, solving: 4, depth: 4, verification: 4 }, Rating.Easy],
    ['a mean of 2.5', { communication: 2, solving: 2, depth: 3, verification: 3 }, Rating.Good],
    ['a mean of 2.25', { communication: 2, solving: 2, depth: 3, verification: 2 }, Rating.Hard],
    ['well said, and wrong', { communication: 4, solving: 4, depth: 1, verification: 4 }, Rating.Again],
    ['one dimension only', { communication: 4 }, Rating.Easy],
    ['nothing', {}, undefined],
  ] as [string, Marks, number | undefined][])('%s', (_, marks, rating) => {
    expect(toRating(marks)).toBe(rating);
  });
});

describe('the summary', () => {
  const answer = (title: string, chapter: string, marks: Marks, notes = ''): Answer<SummedUp> => ({
    question: { title, chapter, topic: chapter === '/security/origin' ? 'security' : 'framing' },
    marks,
    notes,
    tookMs: 187_000,
  });
  const answers = [
    answer('Is a|b masked?', '/framing/masking', { communication: 3, depth: 2 }, ' Reread §5.3. \n'),
    answer('Good one', '/framing/frames', { communication: 4, depth: 3 }),
    answer('Who checks Origin?', '/security/origin', { communication: 2, depth: 1 }),
    answer('Again on masks', '/framing/masking', { communication: 1, depth: 1 }),
    answer('Left out', '/framing/fragments', {}),
  ];

  test('finds the weakest dimension and topic, and the chapters to read, the weakest first', () => {
    expect(sumUp(answers)).toEqual({
      tookMs: 5 * 187_000,
      graded: 4,
      weakestDimension: 'depth',
      weakestTopic: 'security',
      chapters: ['/framing/masking', '/security/origin'],
    });
  });

  test('names none as weakest where nothing is graded, or all are alike', () => {
    expect(sumUp([answer('a', '/framing/frames', {})])).toEqual({ tookMs: 187_000, graded: 0, chapters: [] });
    const alike = sumUp([answer('a', '/framing/frames', { communication: 2, depth: 2 })]);
    expect(alike.weakestDimension).toBeUndefined();
    expect(alike.weakestTopic).toBeUndefined();
  });

  test('is kept as Markdown', () => {
    const text = toMarkdown(answers.slice(0, 2), {
      plan: 'mid, 20 minutes',
      on: new Date(Date.UTC(2026, 0, 5)),
      chapterLink: (chapter) => ({ title: 'Masking', url: `https://site.example${chapter}.html` }),
    });
    expect(text).toBe(`# Mock interview, 2026-01-05

Planned: mid, 20 minutes. Took 6:14.

Weakest dimension: Technical depth.

| Question | Topic | Time | Communication | Problem solving | Technical depth | Verification |
| --- | --- | --- | --- | --- | --- | --- |
| Is a\\|b masked? | Framing | 3:07 | 3 | – | 2 | – |
| Good one | Framing | 3:07 | 4 | – | 3 | – |

## Is a|b masked?

Reread §5.3.

## To read

- [Masking](https://site.example/framing/masking.html)
`);
  });
});

test.each([
  [0, '0:00', '0 minutes'],
  [187_999, '3:07', '3 minutes'],
  [60_000, '1:00', '1 minute'],
  [3_660_000, '61:00', '61 minutes'],
])('%d ms are %s, read aloud as %s', (ms, shown, aloud) => {
  expect(clock(ms)).toBe(shown);
  expect(inMinutes(ms)).toBe(aloud);
});

test('follow-ups are read from their list, over several lines', () => {
  const list = '- **Why `0x81`?** FIN and text.\n- **And\n  then?** First:\n\n  second.';
  expect(readFollowUps(list)).toEqual([
    { asked: 'Why `0x81`?', answer: 'FIN and text.' },
    { asked: 'And\nthen?', answer: 'First:\n\nsecond.' },
  ]);
});

test('every follow-up of the bank says in bold what is asked, and answers it', () => {
  const bank = readBank();
  const wrong = bank.filter(({ sections }) =>
    readFollowUps(sections.followUps).some(({ answer }) => answer === ''),
  );
  expect(bank).not.toEqual([]);
  expect(wrong.map(({ id }) => id)).toEqual([]);
});
