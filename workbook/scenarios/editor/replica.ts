import * as Y from 'yjs';
import { encodeMessage, Kind, textName } from './protocol.ts';

/** A page's copy of the document. It knows no socket: it is told what comes, and says what is to go. */
export class Replica {
  readonly doc = new Y.Doc();
  readonly text = this.doc.getText(textName);
  /** Changes made here that no connection has taken. */
  unsent = 0;
  /** Bytes of the last update, ours or another's. */
  lastUpdate = 0;
  #send: ((message: Uint8Array<ArrayBuffer>) => void) | undefined;
  /** The server said what it has and got the rest: from then on it gets each change. */
  #isServerUpToDate = false;

  // #region replica
  constructor() {
    this.doc.on('update', (update: Uint8Array, origin: unknown) => {
      this.lastUpdate = update.length;
      // What the server brought is never sent back to it.
      if (origin === this) return;
      if (this.#isServerUpToDate) this.#send?.(encodeMessage(Kind.Update, update));
      else this.unsent++;
    });
  }

  /** A connection is open: says what is here, so that the server sends what is not. */
  connect(send: (message: Uint8Array<ArrayBuffer>) => void): void {
    this.#send = send;
    send(encodeMessage(Kind.Have, Y.encodeStateVector(this.doc)));
  }

  /** The connection is gone. What it may have lost on the way is found by the next one's state vectors. */
  disconnect(): void {
    this.#send = undefined;
    this.#isServerUpToDate = false;
  }

  /** The server said what it has: it gets everything else, as one update, however many changes that was. */
  onHave(stateVector: Uint8Array): void {
    this.#send?.(encodeMessage(Kind.Update, Y.encodeStateAsUpdate(this.doc, stateVector)));
    this.#isServerUpToDate = true;
    this.unsent = 0;
  }

  /** Something new, or known already, or in another order than it was made: Yjs makes the same of it. */
  onUpdate(update: Uint8Array): void {
    Y.applyUpdate(this.doc, update, this);
  }
  // #endregion replica
}
