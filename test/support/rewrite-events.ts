import type { EventEmitter } from 'node:events';

/**
 * For programs that differ from the solution in what they tell: every event of `emitter` passes through
 * `rewrite`, which returns its values, or undefined for no event.
 */
export function rewriteEvents(
  emitter: EventEmitter,
  rewrite: (event: string | symbol, values: unknown[]) => unknown[] | undefined,
): void {
  const emit = emitter.emit;
  emitter.emit = (event, ...values) => {
    const rewritten = rewrite(event, values);
    return rewritten !== undefined && emit.call(emitter, event, ...rewritten);
  };
}
