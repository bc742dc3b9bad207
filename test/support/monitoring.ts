import { onTestFinished } from 'vitest';
import { createLogger, type Logger, Monitor, type MonitorOptions } from '#labs/19-monitoring';
import { Scrape } from '../../workbook/chat/web/status/scrape.ts';

/** A monitor that is stopped when the check is over. */
export function startMonitor(options?: MonitorOptions): Monitor {
  const monitor = new Monitor(options);
  onTestFinished(() => monitor.stop());
  return monitor;
}

export async function scrape(monitor: Monitor): Promise<Scrape> {
  return new Scrape(await monitor.render());
}

/** A socket from which nothing waits. */
export const idle = { bufferedAmount: 0 };

/** A logger, and what it has written. */
export class TestLog {
  text = '';
  readonly log: Logger;

  /** Undefined: the logger's default. */
  constructor(level: string | undefined) {
    const write = (text: string) => {
      this.text += text;
    };
    this.log = createLogger({ level, destination: { write } });
  }

  /** The same logger, as a caller sees it whom no compiler helps. */
  get untyped() {
    return this.log as unknown as Record<keyof Logger, (...given: unknown[]) => void>;
  }

  get lines(): Record<string, unknown>[] {
    const lines = this.text.split('\n').filter((line) => line !== '');
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  }
}

/** Nothing else runs for so many ms, as in a long loop or a large `JSON.parse`. Then what is due runs. */
export async function stall(ms: number): Promise<void> {
  const end = performance.now() + ms;
  while (performance.now() < end);
  await new Promise((resolve) => setTimeout(resolve, 0));
}
