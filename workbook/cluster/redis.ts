import { untilListening } from './ports.ts';
import { Service } from './service.ts';

/**
 * A Redis that has each message on disk before it says so: what the chat acknowledges is not lost when Redis is
 * killed. Its files go to `folder`.
 */
export function redisService(program: string, folder: string, port: number): Service {
  const options: Record<string, string> = {
    port: `${port}`,
    bind: '127.0.0.1',
    dir: folder,
    appendonly: 'yes',
    appendfsync: 'always',
    save: '',
    'maxmemory-policy': 'noeviction',
    loglevel: 'warning',
  };
  return new Service({
    name: 'Redis',
    program,
    args: Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]),
    isReady: (signal) => untilListening(port, signal),
  });
}
