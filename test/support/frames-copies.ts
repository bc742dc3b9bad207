type Method = (this: unknown, ...args: unknown[]) => unknown;

const typedArray: object = Object.getPrototypeOf(Uint8Array.prototype);

/** What copies bytes in bulk, and how many of them it did, by its arguments and its result. */
const copying: [owner: object, name: string, bytes: (args: unknown[], result: unknown) => number][] = [
  [Buffer, 'concat', (_, result) => lengthOf(result)],
  // Of an ArrayBuffer it makes a view.
  [Buffer, 'from', ([source], result) => (source instanceof ArrayBuffer ? 0 : lengthOf(result))],
  [Uint8Array, 'from', (_, result) => lengthOf(result)],
  [Buffer.prototype, 'copy', (_, result) => Number(result)],
  [typedArray, 'set', ([source]) => lengthOf(source)],
  [typedArray, 'slice', (_, result) => lengthOf(result)],
];

/**
 * The bytes that were copied while `act` ran, whichever method of Buffer or Uint8Array copied them. A count
 * is the same on a busy machine and on an idle one, as a time is not.
 */
export function countCopiedBytes(act: () => void): number {
  let count = 0;
  const restore = copying.map(([owner, name, bytes]) => {
    const original = Object.getOwnPropertyDescriptor(owner, name);
    const method: Method = Reflect.get(owner, name);
    const counting: Method = function (...args) {
      const result = method.apply(this, args);
      count += bytes(args, result);
      return result;
    };
    Object.defineProperty(owner, name, { value: counting, configurable: true, writable: true });
    return () => {
      if (original) Object.defineProperty(owner, name, original);
      else Reflect.deleteProperty(owner, name);
    };
  });
  try {
    act();
  } finally {
    for (const undo of restore) undo();
  }
  return count;
}

function lengthOf(value: unknown): number {
  return Array.isArray(value) || ArrayBuffer.isView(value) ? (value as { length: number }).length : 0;
}
