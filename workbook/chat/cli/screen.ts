import { createInterface, type Interface } from 'node:readline';

/**
 * A terminal in which what comes does not run into what is being typed. In a pipe there is no prompt, and
 * messages can be told from notes: these go to standard error.
 */
export class Screen {
  readonly #lines: Interface;
  readonly #isTerminal = process.stdin.isTTY && process.stdout.isTTY;

  constructor(handlers: { onLine(line: string): void; onEnd(): void; onInterrupt(): void }) {
    this.#lines = createInterface({
      input: process.stdin,
      output: this.#isTerminal ? process.stdout : undefined,
      prompt: '> ',
    });
    this.#lines.on('line', (line) => {
      // What was typed comes back as a message of the room, once the server has it.
      if (this.#isTerminal) process.stdout.write('\x1b[1A\x1b[2K');
      handlers.onLine(line);
      if (this.#isTerminal) this.#lines.prompt();
    });
    this.#lines.on('close', () => handlers.onEnd());
    // In a terminal readline takes Ctrl-C; elsewhere it is a signal.
    this.#lines.on('SIGINT', () => handlers.onInterrupt());
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => handlers.onInterrupt());
    if (this.#isTerminal) this.#lines.prompt();
  }

  /** A message. */
  show(text: string): void {
    this.#write(process.stdout, forTerminal(text));
  }

  /** Anything else that a person should know. */
  note(text: string): void {
    this.#write(process.stderr, `* ${forTerminal(text)}`);
  }

  end(): void {
    this.#lines.removeAllListeners('close');
    this.#lines.close();
    // Whatever was half-typed stays above the shell's next prompt.
    if (this.#isTerminal) process.stdout.write('\n');
  }

  #write(stream: NodeJS.WriteStream, line: string): void {
    if (!this.#isTerminal) {
      stream.write(`${line}\n`);
      return;
    }
    process.stdout.write(`\r\x1b[2K${line}\n`);
    this.#lines.prompt(true);
  }
}

/**
 * What others wrote, fit for a terminal: what could move the cursor or turn the text round is written as
 * `\u{…}`, and a second line is indented, so that it cannot pass for a message of its own.
 */
function forTerminal(text: string): string {
  return text
    .replace(/\r?\n/g, '\n')
    .replace(/[^\P{Cc}\n]|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu, (character) => {
      return `\\u{${character.codePointAt(0)?.toString(16)}}`;
    })
    .replace(/\n/g, '\n    ');
}
