import { Rating } from 'ts-fsrs';
import { expect, test } from 'vitest';
import { Deck, type DeckQuestion } from '../../docs/.vitepress/practice/deck.ts';
import { History } from '../../docs/.vitepress/practice/history.ts';

const minute = 60_000;
const day = 24 * 60 * minute;
const everything = { topics: [], levels: [] };

const question = (id: string, more: Partial<DeckQuestion> = {}): DeckQuestion => ({
  id,
  formerly: [],
  topic: 'handshake',
  level: 'junior',
  ...more,
});

function sitting(questions: DeckQuestion[], history = new History()) {
  let at = Date.UTC(2026, 0, 5, 9);
  const deck = new Deck(questions, history, () => new Date(at));
  const pass = (ms: number) => {
    at += ms;
  };
  return { deck, history, pass };
}

test('an answer that was hard comes back sooner than a good one, and Again within minutes', () => {
  const { deck } = sitting([question('a')]);
  const { 1: again, 2: hard, 3: good, 4: easy } = deck.preview(question('a'));
  expect(again).toBeLessThanOrEqual(10 * minute);
  expect(again).toBeLessThan(hard);
  expect(hard).toBeLessThan(good);
  expect(easy).toBeGreaterThan(day);
});

test('what is due comes first, the longest overdue before all; then what is new', () => {
  const [a, b, c] = [question('a'), question('b'), question('c')];
  const { deck, pass } = sitting([a, b, c]);
  deck.grade(b, Rating.Easy);
  pass(minute);
  deck.grade(a, Rating.Again);
  expect(deck.next(everything)).toBe(c);
  pass(30 * day);
  expect(deck.counts(everything)).toEqual({ due: 2, fresh: 1, learned: 1 });
  expect(deck.next(everything)).toBe(a);
  deck.grade(a, Rating.Easy);
  expect(deck.next(everything)).toBe(b);
});

test('ten new ones a sitting, and more for who wants to go on', () => {
  const questions = Array.from({ length: 25 }, (_, n) => question(`q${n}`));
  const { deck } = sitting(questions);
  const ask = () => {
    let asked = 0;
    for (let next = deck.next(everything); next; next = deck.next(everything)) {
      deck.grade(next, Rating.Easy);
      asked++;
    }
    return asked;
  };
  expect(ask()).toBe(10);
  expect(deck.counts(everything)).toEqual({ due: 0, fresh: 15, learned: 10 });
  deck.goOn();
  expect(ask()).toBe(10);
});

test('topics and levels can be chosen', () => {
  const framing = question('f', { topic: 'framing', level: 'senior' });
  const { deck } = sitting([question('a'), framing]);
  expect(deck.next({ topics: ['framing'], levels: [] })).toBe(framing);
  expect(deck.next({ topics: ['framing'], levels: ['junior'] })).toBeUndefined();
  expect(deck.counts({ topics: [], levels: ['senior', 'mid'] })).toEqual({ due: 0, fresh: 1, learned: 0 });
});

test('a history survives being written and read', () => {
  const { deck, history } = sitting([question('a'), question('b')]);
  deck.grade(question('a'), Rating.Good);
  const copy = History.parse(JSON.stringify(history));
  expect(copy.get(question('a'))).toEqual(history.get(question('a')));
  expect(copy.get(question('b'))).toBeUndefined();
});

test('a question that got another id keeps what is known of it, and one that left the bank may come back', () => {
  const { deck, history } = sitting([question('old'), question('gone')]);
  deck.grade(question('old'), Rating.Easy);
  deck.grade(question('gone'), Rating.Easy);
  const renamed = question('new', { formerly: ['old'] });
  const later = sitting([renamed], History.parse(JSON.stringify(history)));
  expect(later.deck.next(everything)).toBeUndefined();
  later.deck.grade(renamed, Rating.Good);
  expect(Object.keys(later.history.toJSON().cards).sort()).toEqual(['gone', 'new']);
});

test('an import keeps, of each card, the answer that was given last', () => {
  const here = sitting([question('a'), question('b')]);
  here.deck.grade(question('a'), Rating.Again);
  const there = sitting([question('a'), question('b')]);
  there.pass(day);
  there.deck.grade(question('a'), Rating.Easy);
  here.pass(2 * day);
  here.deck.grade(question('b'), Rating.Good);
  const last = here.history.get(question('b'));
  there.deck.grade(question('b'), Rating.Again);
  here.history.merge(there.history);
  expect(here.history.get(question('a'))).toEqual(there.history.get(question('a')));
  expect(here.history.get(question('b'))).toEqual(last);
});

test.each([
  ['no JSON', '{', /not JSON/],
  ['another thing', '{"name":"x"}', /no history/],
  ['a later version', '{"version":2,"cards":{}}', /later version/],
  ['a broken card', '{"version":1,"cards":{"a":{"due":"soon"}}}', /no history/],
])('%s is refused with a sentence', (_, text, message) => {
  expect(() => History.parse(text)).toThrow(message);
});
