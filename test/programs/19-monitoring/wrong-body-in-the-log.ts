// You write fields that have text in them, whatever they are called: sooner or later that is a message’s content.
export * from '../../../solutions/19-monitoring.ts';

import { pino } from 'pino';
import type { LogFields, Logger, LoggerOptions } from '../../../solutions/19-monitoring.ts';

export function createLogger({
  level = 'info',
  destination = pino.destination(1),
}: LoggerOptions = {}): Logger {
  return pino(
    {
      level,
      hooks: {
        logMethod([fields, text], log) {
          const flat = Object.entries(fields as object).filter(([, value]) => typeof value !== 'object');
          log.call(
            this,
            { ...Object.fromEntries(flat), err: placeOf((fields as LogFields).err) },
            text ?? '',
          );
        },
      },
    },
    destination,
  );
}

function placeOf(err: unknown): object | undefined {
  if (!(err instanceof Error)) return undefined;
  const stack = err.stack?.split('\n').slice(err.message.split('\n').length).join('\n');
  return { type: err.name, code: (err as NodeJS.ErrnoException).code, stack };
}
