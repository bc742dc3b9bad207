/**
 * Records the scrape and the line of the log that docs/scaling/monitoring.md shows:
 *
 *     node --import tsx test/captures/monitoring/record.ts
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runsWithConditions } from '../../../workbook/with-solutions.ts';

if (runsWithConditions(import.meta.filename)) {
  const { recordScene } = await import('./scene.ts');
  const { scrape, log } = await recordScene();
  const folder = join(import.meta.dirname, '../../../docs/scaling/recorded');
  writeFileSync(join(folder, 'scrape.txt'), scrape);
  writeFileSync(join(folder, 'closed.txt'), log);
  console.log(`${scrape}\n${log}`);
}
