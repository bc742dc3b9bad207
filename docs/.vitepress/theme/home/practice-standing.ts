import { type Counts, Deck } from '../../practice/deck.ts';
import { data as questions } from '../interview/questions.data.ts';
import { loadHistory } from '../practice/browser-history.ts';
import { type LastInterview, loadLastInterview } from '../practice/last-interview.ts';

/** What this browser knows of somebody's practice. */
export interface PracticeStanding {
  /** Undefined while no card was ever answered. */
  cards?: Counts;
  interview?: LastInterview;
}

/** Reads what the browser has kept. It brings the scheduler along: to be loaded only where there is something to read. */
export function practiceStanding(): PracticeStanding {
  const history = loadHistory();
  const cards =
    history.size > 0 ? new Deck(questions, history).counts({ topics: [], levels: [] }) : undefined;
  return { cards, interview: loadLastInterview() };
}
