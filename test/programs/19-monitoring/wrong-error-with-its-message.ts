// You write an error’s message: that of JSON.parse quotes what the client sent.
export * from '../../../solutions/19-monitoring.ts';

import { pino } from 'pino';
import {
  type LogFields,
  type Logger,
  type LoggerOptions,
  loggedFields,
} from '../../../solutions/19-monitoring.ts';

export function createLogger({
  level = 'info',
  destination = pino.destination(1),
}: LoggerOptions = {}): Logger {
  return pino(
    {
      level,
      hooks: {
        logMethod([fields, text], log) {
          log.call(this, allowed(fields as LogFields), text ?? '');
        },
      },
    },
    destination,
  );
}

function allowed(fields: LogFields): LogFields {
  const isFlat = (value: unknown) => ['string', 'number', 'boolean'].includes(typeof value);
  const kept = loggedFields.filter((name) => isFlat(fields[name])).map((name) => [name, fields[name]]);
  return { ...Object.fromEntries(kept), err: fields.err };
}
