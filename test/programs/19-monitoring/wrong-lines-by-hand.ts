// You put values between quotes and hope: a line feed in one begins a line of the attacker’s own.
export * from '../../../solutions/19-monitoring.ts';

import {
  type Logger,
  type LoggerOptions,
  createLogger as solution,
} from '../../../solutions/19-monitoring.ts';

export function createLogger({ destination, ...options }: LoggerOptions = {}): Logger {
  const write = (text: string) =>
    void destination?.write(text.replaceAll('\\n', '\n').replace(/[^}]$/, '}\n'));
  return solution({ ...options, destination: destination && { write } });
}
