import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { defineLoader } from 'vitepress';
import { workbookRoot } from '../../../../workbook/course.ts';

/** A capture of the workbook, test/captures/wire/<name>.pcap. */
export interface ShippedCapture {
  name: string;
  /** What can be seen in it: one sentence. */
  about: string;
  /** Bytes of the file. */
  size: number;
}

declare const data: ShippedCapture[];

export { data };

const folder = join(workbookRoot, 'test', 'captures', 'wire');

export default defineLoader({
  watch: [join(folder, '*.json').replaceAll('\\', '/')],
  load(): ShippedCapture[] {
    return readdirSync(folder)
      .filter((file) => file.endsWith('.pcap'))
      .map((file) => {
        const name = file.replace('.pcap', '');
        const { about } = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as { about: string };
        return { name, about, size: statSync(join(folder, file)).size };
      });
  },
});
