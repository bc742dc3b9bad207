import { findProgram } from '../../workbook/cluster/find-program.ts';

/**
 * True where tests that need these programs are to be skipped: one is not installed, and this is not CI, where a
 * missing one is a failure. For `describe.skipIf(lacks('haproxy'))`.
 */
export function lacks(...names: string[]): boolean {
  const missing = names.filter((name) => !findProgram(name));
  if (missing.length === 0 || process.env.CI) return false;
  console.warn(`Not installed here: ${missing.join(', ')}. Tests that need it are skipped.`);
  return true;
}
