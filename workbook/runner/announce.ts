import { TestRunner } from 'vitest';
import { startedChecks } from './announce-channel.ts';

/**
 * Says which check is about to run. vitest's own reports are sent in batches by a timer, which never fires
 * once a check loops endlessly; a posted message leaves the thread at once.
 */
export default class AnnouncingRunner extends TestRunner {
  readonly #channel = new BroadcastChannel(startedChecks);

  override async onBeforeRunTask(test: Parameters<TestRunner['onBeforeRunTask']>[0]): Promise<void> {
    this.#channel.postMessage(test.name);
    await super.onBeforeRunTask(test);
  }

  override onAfterRunFiles(): void {
    this.#channel.close();
    super.onAfterRunFiles();
  }
}
