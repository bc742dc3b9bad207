import { readFileSync } from 'node:fs';
import type { MarkdownRenderer } from 'vitepress';

/** What VitePress puts on the fence token of a `<<<` import. */
interface SnippetToken {
  src?: [file: string, region: string];
}

const marker = /^\s*\/\/ #(region\b.*|endregion\b.*)$/;

/**
 * Keeps shown code honest: a `<<< file#region` whose region is missing fails the build, where VitePress
 * would show the whole file; and the marker lines of regions are not shown.
 */
export function shownCode(md: MarkdownRenderer): void {
  const { highlight } = md.options;
  if (highlight) {
    md.options.highlight = (code, lang, attrs) => highlight(withoutMarkers(code), lang, attrs);
  }
  const { fence } = md.renderer.rules;
  if (!fence) return;
  md.renderer.rules.fence = (tokens, index, ...rest) => {
    const [file, region] = (tokens[index] as SnippetToken).src ?? [];
    if (file && region) requireRegion(file, region);
    return fence(tokens, index, ...rest);
  };
}

export function withoutMarkers(code: string): string {
  return code
    .split('\n')
    .filter((line) => !marker.test(line))
    .join('\n');
}

/** @throws Error when `file` has no closed region of that name. */
export function requireRegion(file: string, region: string): void {
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.trim());
  const start = lines.indexOf(`// #region ${region}`);
  if (start === -1) throw new Error(`${file} has no line "// #region ${region}"`);
  if (lines.indexOf(`// #endregion ${region}`, start) === -1) {
    throw new Error(`${file} has no line "// #endregion ${region}" after the region's start`);
  }
}
