import { defineLoader } from 'vitepress';
import { readCourse, workbookRoot } from '../../../../workbook/course.ts';
import { listChecks } from '../../../../workbook/runner/check-runner.ts';
import type { ListedCheck } from '../../../../workbook/verdict.ts';

declare const data: Record<string, ListedCheck[]>;

export { data };

/** The checks of every lab, for pages that are read without the workbook running. */
export default defineLoader({ load: () => listChecks(readCourse(workbookRoot)) });
