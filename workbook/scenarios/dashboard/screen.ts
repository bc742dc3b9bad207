import type { State, Values } from './messages.ts';

// #region screen
/** What a reader shows. */
export class Screen {
  version = 0;
  values: Values = {};

  /** Whole, or not at all: a delta that does not start where the screen is would mix two states. */
  apply(state: State): boolean {
    if (state.type === 'snapshot') {
      this.version = state.version;
      this.values = { ...state.set };
      return true;
    }
    if (state.from !== this.version) return false;
    this.version = state.to;
    Object.assign(this.values, state.set);
    return true;
  }
}
// #endregion screen
