// Your default level is debug: a busy server writes a line for each thing that happens.
export * from '../../../solutions/19-monitoring.ts';

import {
  type Logger,
  type LoggerOptions,
  createLogger as solution,
} from '../../../solutions/19-monitoring.ts';

export function createLogger({ level = 'debug', ...options }: LoggerOptions = {}): Logger {
  return solution({ level, ...options });
}
