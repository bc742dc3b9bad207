// You hand on what follows the text: %s puts a message’s content into a line past every list.
export * from '../../../solutions/19-monitoring.ts';

import { format } from 'node:util';
import {
  type LogFields,
  type Logger,
  type LoggerOptions,
  createLogger as solution,
} from '../../../solutions/19-monitoring.ts';

export function createLogger(options: LoggerOptions = {}): Logger {
  const inner = solution(options);
  const at =
    (name: keyof Logger) =>
    (fields: LogFields, text: string, ...more: unknown[]) =>
      inner[name](fields, format(text, ...more));
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
