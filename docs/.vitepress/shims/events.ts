// What pcap-parser uses of node:events, for pages. A function, since it inherits from it without `new`.

type Listener = (...values: unknown[]) => void;

interface Emitter {
  listeners?: Map<string, Listener[]>;
}

export function EventEmitter(): void {}

Object.assign(EventEmitter.prototype, {
  on(this: Emitter, event: string, listener: Listener): Emitter {
    this.listeners ??= new Map();
    this.listeners.set(event, [...(this.listeners.get(event) ?? []), listener]);
    return this;
  },
  emit(this: Emitter, event: string, ...values: unknown[]): boolean {
    const listeners = this.listeners?.get(event) ?? [];
    for (const listener of listeners) listener.apply(this, values);
    return listeners.length > 0;
  },
});
