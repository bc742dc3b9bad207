import { defineLoader } from 'vitepress';
import { readBank } from '../../interview/bank.ts';
import { topics } from '../../interview/topics.ts';
import type { LinkedQuestion } from '../../page-data.ts';
import type { DeckQuestion } from '../../practice/deck.ts';

/** A question, as far as lists and the home page need it. */
export interface ListedQuestion extends DeckQuestion, LinkedQuestion {}

declare const data: ListedQuestion[];

export { data };

/** Every question, by topic and then by level. A file that is not as it should be ends the build. */
export default defineLoader({
  watch: topics.map(({ id }) => `../../../interview/${id}/*.md`),
  load: () =>
    readBank().map(({ id, formerly, title, topic, level }) => ({ id, formerly, title, topic, level })),
});
