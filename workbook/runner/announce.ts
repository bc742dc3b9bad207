import { TestRunner } from 'vitest';
import { startedChecks } from './announce-channel.ts';

/** After so many checks that waited in vain the others are not tried: a verdict is wanted soon. */
const timeoutsEndured = 3;

type Task = Parameters<TestRunner['onBeforeRunTask']>[0];

/**
 * Says which check is about to run. vitest's own reports are sent in batches by a timer, which never fires
 * once a check loops endlessly; a posted message leaves the thread at once.
 */
export default class AnnouncingRunner extends TestRunner {
  readonly #channel = new BroadcastChannel(startedChecks);
  #timeouts = 0;

  override async onBeforeRunTask(test: Task): Promise<void> {
    if (this.#timeouts >= timeoutsEndured) test.mode = 'skip';
    else this.#channel.postMessage(test.name);
    await super.onBeforeRunTask(test);
  }

  override onAfterRunTask(test: Task): void {
    const timedOut = test.result?.errors?.some(({ message }) => message.startsWith('Test timed out'));
    if (timedOut) this.#timeouts++;
    super.onAfterRunTask(test);
  }

  override onAfterRunFiles(): void {
    this.#channel.close();
    super.onAfterRunFiles();
  }
}
