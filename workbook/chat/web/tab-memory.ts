/** Something that this tab keeps over a reload. Another tab has its own; with the tab it is forgotten. */
export class TabMemory<Value> {
  readonly #key: string;
  readonly #initial: Value;

  /** `initial` is the value until one is saved. */
  constructor(name: string, initial: Value) {
    this.#key = `websocket-101 ${name}`;
    this.#initial = initial;
  }

  load(): Value {
    const stored = sessionStorage.getItem(this.#key);
    return stored === null ? this.#initial : (JSON.parse(stored) as Value);
  }

  save(value: Value): void {
    sessionStorage.setItem(this.#key, JSON.stringify(value));
  }

  clear(): void {
    sessionStorage.removeItem(this.#key);
  }
}
