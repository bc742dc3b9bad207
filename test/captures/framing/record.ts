/**
 * Records the exchanges that the chapters in docs/framing/ show, from real sockets and a real browser:
 *
 *     node --import tsx test/captures/framing/record.ts
 *
 * Names after it record only those: `… record.ts hello close`.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runsWithConditions } from '../../../workbook/with-solutions.ts';
import { startBrowser } from '../../support/browser.ts';

if (runsWithConditions(import.meta.filename)) await record(process.argv.slice(2));

async function record(wanted: readonly string[]): Promise<void> {
  const { compressionScenes } = await import('./compression.ts');
  const { pageScenes } = await import('./pages.ts');
  const { programScenes } = await import('./programs.ts');
  const browser = await startBrowser();
  try {
    for (const [name, scene] of Object.entries({ ...pageScenes, ...programScenes, ...compressionScenes })) {
      if (wanted.length > 0 && !wanted.includes(name)) continue;
      const text = await scene(browser);
      writeFileSync(join(import.meta.dirname, '../../../docs/framing/recorded', `${name}.txt`), text);
      console.log(`${name}\n${text}`);
    }
  } finally {
    await browser.close();
  }
}
