import { AssertionError } from 'node:assert';

/** An assertion with a sentence of its own. */
export function expectThat(condition: boolean, otherwise: string): asserts condition {
  if (!condition) throw new AssertionError({ message: otherwise });
}
