import { defineLoader } from 'vitepress';
import type { CheckMeta } from '../../../../workbook/verdict.ts';

declare const data: Record<string, (CheckMeta & { title: string })[]>;

export { data };

export default defineLoader({ load: async (): Promise<typeof data> => ({}) });
