import type { ChatLauncher } from '../chat/launcher.ts';
import type { Lab } from '../course.ts';
import { fingerprint } from '../learner-file.ts';
import type { Workbench } from '../runner/workbench.ts';

/**
 * Keeps the chat on the learner's files that pass: starts it on those known to, and again whenever a lab
 * turns green or red, or was changed and is still green.
 */
export class ChatFollowsLabs {
  readonly #workbench: Workbench;
  readonly #chat: ChatLauncher;
  /** The files the chat was last started on. */
  #running: string | undefined;
  #busy: Promise<void> | undefined;

  constructor(workbench: Workbench, chat: ChatLauncher) {
    this.#workbench = workbench;
    this.#chat = chat;
  }

  /** @throws ChatStartError when the first start fails. */
  async start(): Promise<void> {
    const passing = this.#passing();
    this.#running = filesOf(passing);
    await this.#chat.start(passing);
    this.#workbench.on('verdict', () => {
      this.#busy ??= this.#catchUp()
        .catch((error: Error) => this.#chat.emit('down', error.message))
        .then(() => {
          this.#busy = undefined;
        });
    });
  }

  /** Several verdicts while the chat restarts are one more restart. */
  async #catchUp(): Promise<void> {
    for (let passing = this.#passing(); filesOf(passing) !== this.#running; passing = this.#passing()) {
      this.#running = filesOf(passing);
      await this.#chat.restart(passing);
    }
  }

  #passing(): Lab[] {
    const { course, verdicts, progress } = this.#workbench;
    return course.labs.filter((lab) => (verdicts.get(lab.id) ?? progress.current(lab))?.state === 'passed');
  }
}

function filesOf(labs: readonly Lab[]): string {
  return labs.map((lab) => `${lab.id} ${fingerprint(lab)}`).join('\n');
}
