import { History } from '../../practice/history.ts';
import { storageKeys } from './storage.ts';

const key = storageKeys.history;

/** What this browser has kept; empty where there is nothing, or nothing that can be read. */
export function loadHistory(): History {
  const text = localStorage.getItem(key);
  try {
    return text === null ? new History() : History.parse(text);
  } catch {
    // Kept aside, as it may be of a later version of this page.
    localStorage.setItem(`${key}.unreadable`, text ?? '');
    return new History();
  }
}

/** False where the browser keeps nothing: a private window that is full, say. */
export function saveHistory(history: History): boolean {
  try {
    localStorage.setItem(key, JSON.stringify(history));
    return true;
  } catch {
    return false;
  }
}
