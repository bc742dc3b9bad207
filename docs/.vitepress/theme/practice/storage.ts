/** Under which keys a browser keeps somebody's practice. */
export const storageKeys = { history: 'practice', lastInterview: 'mock-interview' } as const;

/** Whether this browser has kept anything; asked without loading what reads it. */
export function hasPractised(): boolean {
  try {
    return Object.values(storageKeys).some((key) => localStorage.getItem(key) !== null);
  } catch {
    // The page may not look, by the browser's settings.
    return false;
  }
}
