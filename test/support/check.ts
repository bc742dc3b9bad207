import { type TestContext, test } from 'vitest';
import { coreChecksOnly } from '../../workbook/programs/core-checks-only.ts';
import type { CheckMeta, Drawing } from '../../workbook/verdict.ts';

declare module '@vitest/runner' {
  interface TaskMeta {
    check?: CheckMeta;
    drawing?: Drawing;
  }
}

/** What a check says of itself; `stretch` marks it optional. */
export type CheckOptions = Omit<CheckMeta, 'stretch'> & { stretch?: boolean };

/** An assertion that failed on bytes, and can draw them. */
export interface WithDrawing {
  drawing: Drawing;
}

/**
 * One check of a lab: vitest's `test`, with the rule's section, two hints and the drawing of a failure
 * put where the terminal and the lab page find them.
 */
export function check(
  title: string,
  { rfc, hint, stretch = false }: CheckOptions,
  fn: (context: TestContext) => void | Promise<void>,
): void {
  const run = test.skipIf(stretch && process.env[coreChecksOnly]);
  run(title, { meta: { check: { rfc, hint, stretch } } }, async (context) => {
    try {
      await fn(context);
    } catch (error) {
      if (isDrawn(error)) context.task.meta.drawing = error.drawing;
      throw error;
    }
  });
}

function isDrawn(error: unknown): error is WithDrawing {
  return error instanceof Error && 'drawing' in error;
}
