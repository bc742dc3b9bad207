// Over the solution, but ids are random, stats are kept in a map beside it, and lines are filtered before pino sees them.
export * from '../../../solutions/19-monitoring.ts';

import { pino } from 'pino';
import {
  type LogFields,
  type Logger,
  type LoggerOptions,
  loggedFields,
  Monitor as Solution,
} from '../../../solutions/19-monitoring.ts';

export function createLogger({ level, destination = pino.destination(1) }: LoggerOptions = {}): Logger {
  const inner = pino(
    { level: level ?? 'info', base: null, timestamp: pino.stdTimeFunctions.isoTime },
    destination,
  );
  const at = (name: keyof Logger) => (fields: LogFields, text: string) => {
    const kept = Object.entries(fields).filter(
      ([key, value]) =>
        loggedFields.includes(key as 'code') && ['string', 'number', 'boolean'].includes(typeof value),
    );
    inner[name]({ ...Object.fromEntries(kept), ...errorOf(fields.err) }, text);
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

function errorOf(err: unknown): object {
  if (!(err instanceof Error)) return {};
  const frames =
    (err.stack ?? '')
      .split(err.message)
      .at(-1)
      ?.match(/^ +at .+$/gm) ?? [];
  return { err: { type: err.name, code: (err as NodeJS.ErrnoException).code, frames } };
}

export class Monitor extends Solution {
  #cached: Promise<string> | undefined;

  /** Two who ask in the same moment get the same answer. */
  override render(): Promise<string> {
    this.#cached ??= super.render().finally(() => {
      this.#cached = undefined;
    });
    return this.#cached;
  }
}
