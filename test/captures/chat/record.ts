/**
 * Records the exchanges that the chapters in docs/chat/ and docs/reconnection/resume.md show, from the chat's own
 * server:
 *
 *     node --import tsx test/captures/chat/record.ts
 *
 * Names after it record only those: `… record.ts errors resume`.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runsWithConditions } from '../../../workbook/with-solutions.ts';

if (runsWithConditions(import.meta.filename)) await record(process.argv.slice(2));

async function record(wanted: readonly string[]): Promise<void> {
  const { clientScenes } = await import('./client.ts');
  const { hubScenes } = await import('./hub.ts');
  const { lifeScenes } = await import('./life.ts');
  const { protocolScenes } = await import('./protocol.ts');
  const { recordResume } = await import('./resume.ts');
  for (const [name, scene] of Object.entries({
    ...protocolScenes,
    ...hubScenes,
    ...clientScenes,
    ...lifeScenes,
  })) {
    if (isWanted(name)) save(`${name}.txt`, await scene());
  }
  if (isWanted('resume')) {
    const { steps, text } = await recordResume();
    save('resume.txt', text);
    save('resume.json', `${JSON.stringify(steps, null, 2)}\n`);
  }

  function isWanted(name: string): boolean {
    return wanted.length === 0 || wanted.includes(name);
  }
}

function save(name: string, text: string): void {
  writeFileSync(join(import.meta.dirname, '../../../docs/chat/recorded', name), text);
  console.log(`${name}\n${text}`);
}
