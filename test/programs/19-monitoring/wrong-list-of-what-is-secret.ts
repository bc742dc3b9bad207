// You leave out what you know to be secret: whatever has another name, or stands deeper, is written.
export * from '../../../solutions/19-monitoring.ts';

import { pino } from 'pino';
import type { Logger, LoggerOptions } from '../../../solutions/19-monitoring.ts';

const secret = ['ticket', 'authorization', 'cookie', 'content', '*.authorization'];

export function createLogger({
  level = 'info',
  destination = pino.destination(1),
}: LoggerOptions = {}): Logger {
  return pino(
    {
      level,
      redact: { paths: secret, remove: true },
      serializers: {
        err: ({ name, code, stack }) => ({
          type: name,
          code,
          stack: stack.replace(/^[\s\S]*?(?=\n +at )/, ''),
        }),
      },
      hooks: {
        logMethod([fields, text], log) {
          log.call(this, fields as object, text ?? '');
        },
      },
    },
    destination,
  );
}
