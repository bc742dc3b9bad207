/**
 * Records the captures of this folder, and beside each what tshark reads in it:
 *
 *     node --import tsx test/captures/wire/record.ts
 *
 * Names after it record only those: `… record.ts chat loss`. Needs Linux, root, tcpdump, tshark, iproute2 and
 * Chromium. Client and server are processes in two network namespaces, joined by a switch.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runsWithConditions } from '../../../workbook/with-solutions.ts';
import { exchangeLinkHeaders } from './link-types.ts';
import { impairNetwork, type Machine, machines, repairNetwork, withNetwork } from './network.ts';
import { type Scene, scenes, tapOf } from './scenes.ts';
import { startTcpdump } from './tcpdump.ts';
import { readWithTshark } from './tshark.ts';

if (runsWithConditions(import.meta.filename)) await recordAll(process.argv.slice(2));

async function recordAll(wanted: readonly string[]): Promise<void> {
  await withNetwork(async () => {
    for (const [name, scene] of Object.entries(scenes)) {
      if (wanted.length > 0 && !wanted.includes(name)) continue;
      const file = join(import.meta.dirname, `${name}.pcap`);
      await record(scene, file);
      const reading = { about: scene.about, ...(await readWithTshark(file, scene.tshark)) };
      writeFileSync(file.replace(/pcap$/, 'json'), `${JSON.stringify(reading, null, 2)}\n`);
      console.log(`${name}: ${reading.frames.length} frames`);
    }
  });
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
