import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Machine, machines } from './network.ts';

export interface Tap {
  /** Which machine's view is recorded. A packet lost on the way is seen by its sender only. */
  on: Machine;
  /** The interface: `cable`, `lo` or `any`. */
  from: string;
  /** Further options, and the filter: `['-s', '128', 'tcp port 8080']`. */
  args: readonly string[];
}

/** Starts tcpdump and resolves once it records; what comes back stops it, with the file complete. */
export async function startTcpdump(file: string, { on, from, args }: Tap): Promise<() => Promise<void>> {
  const tcpdump = spawn(
    'ip',
    [
      ...['netns', 'exec', machines[on].namespace],
      ...['tcpdump', '--immediate-mode', '-B', '65536', '-U', '-Z', 'root', '-i', from, '-w', file, ...args],
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const exited = once(tcpdump, 'exit');
  let said = '';
  tcpdump.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  while (!said.includes('listening on')) {
    await Promise.race([once(tcpdump.stderr, 'data'), exited]);
    if (tcpdump.exitCode !== null) throw new Error(`tcpdump: ${said}`);
  }
  return async () => {
    // The last packets: a FIN or an ACK may come after both programs are done.
    await sleep(300);
    tcpdump.kill('SIGINT');
    await exited;
    if (!/\n0 packets dropped by kernel/.test(said)) throw new Error(`tcpdump lost packets:\n${said}`);
  };
}
