import { defineLoader } from 'vitepress';
import { readCourse, workbookRoot } from '../../../../workbook/course.ts';
import { listChecks } from '../../../../workbook/runner/check-runner.ts';
import type { ListedCheck } from '../../../../workbook/verdict.ts';

declare const data: Record<string, ListedCheck[]>;

export { data };

/**
 * The checks of every lab, for pages that are read without the workbook running. Where it runs it tells them
 * itself; no page waits for them to be listed twice.
 */
export default defineLoader({
  load: () => (process.env.LIVE_CHECKS ? {} : listChecks(readCourse(workbookRoot))),
});
