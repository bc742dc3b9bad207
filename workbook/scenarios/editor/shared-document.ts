import * as Y from 'yjs';
import { BadMessage, textName } from './protocol.ts';

/** Bytes of the whole document as one update; so no update may be longer either. */
const maxLength = 64 * 1024;

/**
 * The server's copy. Strangers write it, so an update is tried on a second copy first: what fails there, or
 * makes it too large, has not touched this one.
 */
export class SharedDocument {
  #doc = new Y.Doc();
  #trial = new Y.Doc();

  /** `onUpdate` gets what was new in an update, and who brought it. One that brings nothing new is not told. */
  constructor(onUpdate: (update: Uint8Array, from: unknown) => void) {
    this.#doc.on('update', onUpdate);
  }

  get text(): string {
    return this.#doc.getText(textName).toString();
  }

  get stateVector(): Uint8Array {
    return Y.encodeStateVector(this.#doc);
  }

  /**
   * What somebody lacks who has what `stateVector` says.
   *
   * @throws BadMessage 1008 for bytes that are no state vector.
   */
  since(stateVector: Uint8Array): Uint8Array {
    try {
      return Y.encodeStateAsUpdate(this.#doc, stateVector);
    } catch {
      throw new BadMessage(1008, 'This is not a state vector.');
    }
  }

  // #region apply
  /**
   * Takes an update from `from`, and tells what was new in it.
   *
   * @throws BadMessage 1008 for what is no update of a plain text or builds on one that never came, 1009 for one
   * that is, or makes the document, larger than 64 KiB.
   */
  apply(update: Uint8Array, from: unknown): void {
    if (update.length > maxLength)
      throw new BadMessage(1009, 'This update is larger than a document may be.');
    try {
      checkPlainText(update);
      Y.applyUpdate(this.#trial, update);
      checkWhole(this.#trial);
      checkSize(this.#trial);
    } catch (error) {
      this.#trial = new Y.Doc();
      Y.applyUpdate(this.#trial, Y.encodeStateAsUpdate(this.#doc));
      throw error instanceof BadMessage ? error : new BadMessage(1008, 'This is not an update of Yjs.');
    }
    Y.applyUpdate(this.#doc, update, from);
  }
  // #endregion apply
}

/** Read before it is applied: reading believes no number in it, while applying makes room for what it claims. */
function checkPlainText(update: Uint8Array): void {
  if (!Y.decodeUpdate(update).structs.every(isPlainText)) {
    throw new BadMessage(1008, 'Only plain text is written here.');
  }
}

function isPlainText(struct: Y.Item | Y.GC | Y.Skip): boolean {
  if (!(struct instanceof Y.Item)) return false;
  const { content, parentSub } = struct;
  // As read, a parent is a name; it is left out where a neighbour in the text tells it.
  const parent: unknown = struct.parent;
  const isText = content instanceof Y.ContentString || content instanceof Y.ContentDeleted;
  return isText && parentSub === null && (parent === null || parent === textName);
}

/** Yjs keeps what it cannot place yet, for ever if need be. Here nothing is early: a connection keeps its order. */
function checkWhole({ store }: Y.Doc): void {
  if (store.pendingStructs || store.pendingDs) {
    throw new BadMessage(1008, 'This update builds on one that never came.');
  }
}

function checkSize(doc: Y.Doc): void {
  if (Y.encodeStateAsUpdate(doc).length > maxLength) throw new BadMessage(1009, 'The document is full.');
}
