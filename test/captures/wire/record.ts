/**
 * Records the captures of this folder, beside each what tshark reads in it, and what the chapter shows of them:
 *
 *     node --import tsx test/captures/wire/record.ts
 *
 * Names after it record only those: `… record.ts chat loss`. With `--read` nothing is recorded: what is there is
 * read and shown anew, after a change to lab 09 or with a newer tshark. To record, it needs Linux, root, tcpdump,
 * iproute2 and Chromium. Client and server are processes in two network namespaces, joined by a switch.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { workbookRoot } from '../../../workbook/course.ts';
import { runsWithConditions } from '../../../workbook/with-solutions.ts';
import { exchangeLinkHeaders } from './link-types.ts';
import { impairNetwork, type Machine, machines, repairNetwork, withNetwork } from './network.ts';
import { pages } from './pages.ts';
import { type Scene, scenes, tapOf } from './scenes.ts';
import { startTcpdump } from './tcpdump.ts';
import { readWithTshark } from './tshark.ts';

if (runsWithConditions(import.meta.filename)) await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<void> {
  const names = args.filter((arg) => arg !== '--read');
  const wanted = Object.entries(scenes).filter(([name]) => names.length === 0 || names.includes(name));
  if (!args.includes('--read')) {
    await withNetwork(async () => {
      for (const [name, scene] of wanted) await record(scene, fileOf(name));
    });
  }
  for (const [name, scene] of wanted) {
    const reading = { about: scene.about, ...(await readWithTshark(fileOf(name), scene.tshark)) };
    writeFileSync(fileOf(name, 'json'), `${JSON.stringify(reading, null, 2)}\n`);
    console.log(`${name}: ${reading.frames.length} frames`);
  }
  for (const [name, { print }] of Object.entries(pages)) {
    writeFileSync(join(workbookRoot, 'docs', 'framing', 'recorded', `${name}.txt`), await print());
  }
}

function fileOf(name: string, ending = 'pcap'): string {
  return join(import.meta.dirname, `${name}.${ending}`);
}

async function record(scene: Scene, file: string): Promise<void> {
  if (scene.badNetwork) impairNetwork();
  const server = startActor('server', 'server', scene.server);
  try {
    await once(server, 'message');
    const tap = tapOf(scene);
    let stop = scene.late ? undefined : await startTcpdump(file, tap);
    const client = startActor(scene.sameMachine ? 'server' : 'client', 'client', scene.client);
    const exited = once(client, 'exit');
    if (!stop) {
      await once(client, 'message');
      stop = await startTcpdump(file, tap);
      client.send('recording');
    }
    const [code] = await exited;
    await stop();
    if (code !== 0) throw new Error(`The client "${scene.client}" ended with exit code ${code}.`);
  } finally {
    const exited = once(server, 'exit');
    server.kill('SIGKILL');
    await exited;
    if (scene.badNetwork) repairNetwork();
  }
  if (scene.convertTo) writeFileSync(file, exchangeLinkHeaders(readFileSync(file), scene.convertTo));
}

function startActor(machine: Machine, role: string, name: string): ChildProcess {
  const program = [process.execPath, ...process.execArgv, join(import.meta.dirname, 'actor.ts'), role, name];
  return spawn('ip', ['netns', 'exec', machines[machine].namespace, ...program], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
}
