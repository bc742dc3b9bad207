import type { Level, Update } from './messages.ts';

// #region merge
/** The full product: nothing of either is left out. */
export function append(waiting: Update, newer: Update): Update {
  return { ...newer, from: waiting.from, levels: [...waiting.levels, ...newer.levels] };
}

/** The conflated one: the newest quantity of each price, under the numbers of both. */
export function overwrite(waiting: Update, newer: Update): Update {
  // The source counts anew. Whoever has the old book must throw it away, whatever was still to come.
  if (waiting.epoch !== newer.epoch) return newer;
  const newest = new Map<string, Level>();
  for (const level of [...waiting.levels, ...newer.levels]) newest.set(`${level[0]} ${level[1]}`, level);
  return { ...newer, from: waiting.from, levels: [...newest.values()] };
}
// #endregion merge
