/**
 * Records the exchanges that docs/framing/multiplexing.md shows, from real sockets and a real browser:
 *
 *     node --import tsx test/captures/multiplexing/record.ts
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runsWithConditions } from '../../../workbook/with-solutions.ts';

if (runsWithConditions(import.meta.filename)) await record();

async function record(): Promise<void> {
  const { scenes } = await import('./scenes.ts');
  for (const [name, scene] of Object.entries(scenes)) {
    const text = await scene();
    writeFileSync(join(import.meta.dirname, '../../../docs/framing/recorded-h2', `${name}.txt`), text);
    console.log(`${name}\n${text}`);
  }
}
