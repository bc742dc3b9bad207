/** One change of a text: at `index`, `removed` UTF-16 units go and `inserted` comes. */
export interface TextEdit {
  index: number;
  removed: number;
  inserted: string;
}

// #region edit-between
/**
 * What was done to `before` to get `after`, as one edit: all between the part that both begin with and the part
 * that both end with. A textarea says only what it holds now.
 */
export function editBetween(before: string, after: string): TextEdit {
  const shorter = Math.min(before.length, after.length);
  let index = 0;
  while (index < shorter && before[index] === after[index]) index++;
  // 😀 and 😁 begin with the same half. Yjs stores no half of a letter, so the edit is of the whole one.
  if (isHighSurrogate(before.charCodeAt(index - 1))) index--;

  let end = 0;
  while (end < shorter - index && before.at(-1 - end) === after.at(-1 - end)) end++;
  if (isLowSurrogate(before.charCodeAt(before.length - end))) end--;

  return {
    index,
    removed: before.length - end - index,
    inserted: after.slice(index, after.length - end),
  };
}

const isHighSurrogate = (unit: number) => unit >= 0xd800 && unit <= 0xdbff;
const isLowSurrogate = (unit: number) => unit >= 0xdc00 && unit <= 0xdfff;
// #endregion edit-between
