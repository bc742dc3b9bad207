import { topics } from '../../interview/topics.ts';
import { data as questions } from './questions.data.ts';

/** The bank for lists: each topic with its questions, the easier first. */
export const questionsByTopic = topics.map((topic) => ({
  ...topic,
  questions: questions.filter((question) => question.topic === topic.id),
}));
