import { Key } from './world.ts';

const keyOf: Record<string, number | undefined> = {
  ArrowUp: Key.Up,
  KeyW: Key.Up,
  ArrowRight: Key.Right,
  KeyD: Key.Right,
  ArrowDown: Key.Down,
  KeyS: Key.Down,
  ArrowLeft: Key.Left,
  KeyA: Key.Left,
};

/** How long a press lasts of which no end is told: by a screen reader, or with Enter on a button. */
const nudgeMs = 200;

/** What is held down now, by keyboard on the arena and by pointer on the buttons. */
export class HeldKeys {
  readonly #held = new Set<string>();

  constructor(arena: HTMLElement, buttons: Iterable<HTMLElement>) {
    // Without this script it takes no keys, and the keyboard has no business there.
    arena.tabIndex = 0;
    arena.addEventListener('keydown', (event) => {
      // A shortcut of the browser, Ctrl+W say, is none of ours; neither is Tab, which leads out again.
      if (event.ctrlKey || event.metaKey || event.altKey || keyOf[event.code] === undefined) return;
      this.#held.add(event.code);
      event.preventDefault();
    });
    arena.addEventListener('keyup', ({ code }) => this.#held.delete(code));
    // Whoever looks elsewhere lets go of keys without telling.
    arena.addEventListener('blur', () => this.#held.clear());
    for (const button of buttons) this.#listen(button);
  }

  /** As bits of `Key`. */
  get bits(): number {
    let bits = 0;
    for (const code of this.#held) bits |= keyOf[code] ?? 0;
    return bits;
  }

  #listen(button: HTMLElement): void {
    const code = `Arrow${button.dataset.key}`;
    const release = () => this.#held.delete(code);
    button.addEventListener('pointerdown', (event) => {
      button.setPointerCapture(event.pointerId);
      this.#held.add(code);
    });
    for (const end of ['pointerup', 'pointercancel'] as const) button.addEventListener(end, release);
    button.addEventListener('click', (event) => {
      // A click that a pointer made has been held as long as it lasted.
      if (event.detail > 0) return;
      this.#held.add(code);
      setTimeout(release, nudgeMs);
    });
  }
}
