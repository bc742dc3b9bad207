import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { workbookRoot } from '../../workbook/course.ts';
import type { ScenarioName } from '../../workbook/scenarios/names.ts';

export interface RunningScenario {
  /** Of its page, without a slash at the end. */
  url: string;
  port: number;
  /** Ends it as Ctrl-C does, and waits until it is gone. */
  close(): Promise<void>;
}

/**
 * `npm run scenario -- <name>` on a free port, once it says where it listens.
 *
 * @throws Error with what it said, when it ends before.
 */
export async function startScenario(name: ScenarioName): Promise<RunningScenario> {
  const command = [join(workbookRoot, 'workbook', 'run.mjs'), 'scenario', name, '--port', '0'];
  const child = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'exit');
  let output = '';
  const port = await new Promise<number>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        const address = /http:\/\/localhost:(\d+)\n/.exec(output);
        if (address) resolve(Number(address[1]));
      });
    }
    child.once('close', () => reject(new Error(`The sketch ended before it listened:\n${output}`)));
  });
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    async close() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
