import * as Y from 'yjs';

// #region caret
/**
 * The place behind the letter at `index - 1`, as bytes that name the letter and not the index: whatever is
 * inserted before it or deleted, the place stays.
 */
export function encodeCaret(text: Y.Text, index: number): Uint8Array {
  return Y.encodeRelativePosition(Y.createRelativePositionFromTypeIndex(text, index, -1));
}

/** The index of that place now; undefined where its letter has not come yet, or is forgotten. */
export function indexOfCaret(text: Y.Text, caret: Uint8Array): number | undefined {
  if (caret.length === 0 || text.doc === null) return undefined;
  const position = Y.decodeRelativePosition(caret);
  return Y.createAbsolutePositionFromRelativePosition(position, text.doc)?.index;
}
// #endregion caret
