import type { Case } from './case.ts';

/** The cases whose number fits one of the patterns, as in `1.2.*`, `5.19` or `12.*`; all without a pattern. */
export function select(cases: readonly Case[], patterns: readonly string[]): Case[] {
  if (patterns.length === 0) return [...cases];
  const fits = patterns.map((pattern) => {
    const escaped = pattern.replace(/[^*\w]/g, '\\$&').replaceAll('*', '.*');
    // `5` and `6.4` name the whole group.
    return new RegExp(`^${escaped}(\\..*)?$`);
  });
  return cases.filter(({ id }) => fits.some((pattern) => pattern.test(id)));
}
