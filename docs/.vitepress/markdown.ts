import { existsSync, readFileSync } from 'node:fs';
import type { MarkdownRenderer } from 'vitepress';

/** What VitePress puts on the fence token of a `<<<` import. */
interface SnippetToken {
  src?: [file: string, region: string];
}

const marker = /^\s*\/\/ #(region|endregion)\b/;

/**
 * Keeps shown code honest. A `<<< file#region` that leads nowhere says so on the page, and is handed to
 * `onProblem`: VitePress by itself would show the whole file. The marker lines of regions are not shown.
 */
export function shownCode(md: MarkdownRenderer, onProblem: (problem: string) => void): void {
  const { highlight } = md.options;
  if (highlight) {
    md.options.highlight = (code, lang, attrs) => highlight(withoutMarkers(code), lang, attrs);
  }
  const { fence } = md.renderer.rules;
  if (!fence) return;
  md.renderer.rules.fence = (tokens, index, ...rest) => {
    const [file, region] = (tokens[index] as SnippetToken).src ?? [];
    const problem = file && snippetProblem(file, region);
    if (!problem) return fence(tokens, index, ...rest);
    onProblem(problem);
    return `<p><strong>${md.utils.escapeHtml(problem)}</strong></p>`;
  };
}

/** The empty corner of a table heads nothing: it is a cell like others. */
export function emptyTableHeads(md: MarkdownRenderer): void {
  md.core.ruler.push('empty-table-heads', ({ tokens }) => {
    for (const [index, token] of tokens.entries()) {
      if (token.type !== 'th_open' || tokens[index + 1].content !== '') continue;
      token.tag = 'td';
      tokens[index + 2].tag = 'td';
    }
  });
}

/** In characters: less says too little, more is cut off where a page is found or linked to. */
const descriptionLength = { least: 50, most: 200 };

/** What is said of a page where it is found or linked to: of a question its short answer, else how the page begins. */
export function describedByText(md: MarkdownRenderer): void {
  md.core.ruler.push('description', ({ tokens, env }) => {
    if (!env.frontmatter) return;
    const answer = tokens.findIndex(({ content }) => content === 'The short answer');
    const paragraph = tokens.findIndex(
      ({ type, level }, index) => type === 'paragraph_open' && level === 0 && index > answer,
    );
    const text = tokens[paragraph + 1]?.children?.map(({ type, content }) =>
      type === 'softbreak' ? ' ' : content,
    );
    if (paragraph !== -1 && text) env.frontmatter.description ??= firstSentences(text.join(''));
  });
}

/** As many as there is room for, and always the first. */
function firstSentences(text: string): string {
  const { least, most } = descriptionLength;
  // VitePress writes them into an attribute as they are.
  const [first, ...others] = text.replace(/"([^"]*)"/g, '“$1”').split(/(?<=[.?!]”?) /);
  let said = first;
  for (const next of others) {
    if (said.length >= least && said.length + 1 + next.length > most) break;
    said += ` ${next}`;
  }
  return said;
}

export function withoutMarkers(code: string): string {
  return code
    .split('\n')
    .filter((line) => !marker.test(line))
    .join('\n');
}

/** Why a snippet cannot be shown; undefined when the file is there, and the region in it, if one is named. */
export function snippetProblem(file: string, region = ''): string | undefined {
  if (!existsSync(file)) return `${file} is not there`;
  if (!region) return undefined;
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.trim());
  const start = lines.indexOf(`// #region ${region}`);
  const isClosed = start !== -1 && lines.includes(`// #endregion ${region}`, start);
  return isClosed ? undefined : `${file} has no region "${region}", from // #region to // #endregion`;
}
