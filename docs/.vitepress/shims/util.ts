// What pcap-parser uses of node:util, for pages; and, since it loads this first, the globals of Node it uses.
import { Buffer } from './buffer.ts';

const globals: { Buffer?: unknown; process?: unknown } = globalThis;
globals.Buffer ??= Buffer;
globals.process ??= { nextTick: (callback: () => void) => queueMicrotask(callback) };

/** `%s` and `%d` alone. */
export function format(text: string, ...values: unknown[]): string {
  return text.replace(/%[sd]/g, () => String(values.shift()));
}

export function inherits(derived: { prototype: object }, base: { prototype: object }): void {
  Object.setPrototypeOf(derived.prototype, base.prototype);
}
