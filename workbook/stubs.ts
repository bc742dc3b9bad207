import { basename } from 'node:path';

const regionStart = /^(\s*)\/\/ #region solution: (.+)$/;
const regionEnd = /^\s*\/\/ #endregion\s*$/;
/** A named region is what a page of the site shows: `// #region accept-key` … `// #endregion accept-key`. */
const shownRegion = /^\s*\/\/ #(end)?region [\w-]+$/;
/** A line that opens a type or a class; anything else that opens a block around a region is a function. */
const opensDeclaration = /^\s*(export\s+)?(default\s+)?(abstract\s+)?(class|interface)\b/;
/** The name a signature declares: `function name(`, `name(`, `get name(`, `const name = (`. */
const signatureName =
  /^\s*(?:export\s+)?(?:async\s+)?(?:function\*?\s+|const\s+|static\s+|get\s+|set\s+|override\s+|\*)*(\w+|#\w+)\s*(?:<[^>]*>)?\s*(?:=\s*(?:async\s*)?)?\(/;

/**
 * Makes a lab's stub from its solution. Each `#region solution: <what to do>` becomes a TODO with that text;
 * inside a function it also throws `Unfinished`, so that a fresh stub says what is missing. All else stands
 * as it is: signatures, types and docstrings are written once, in the solution. Markers of named regions,
 * by which the site shows code, are left out.
 *
 * @throws Error for a region that is not closed, or has no text.
 */
export function makeStub(solution: string, file: string): string {
  const id = basename(file, '.ts');
  const out: string[] = [];
  const lines = solution.split('\n');
  let throws = false;
  for (let index = 0; index < lines.length; index++) {
    const start = regionStart.exec(lines[index]);
    if (!start) {
      if (!shownRegion.test(lines[index])) out.push(lines[index]);
      continue;
    }
    const [, indent, task] = start;
    const end = lines.findIndex((line, at) => at > index && regionEnd.test(line));
    if (end === -1) throw new Error(`${file}:${index + 1}: this region is never closed by // #endregion`);
    out.push(`${indent}// TODO: ${task}`);
    const name = enclosingFunction(lines, index, indent.length);
    if (name) {
      out.push(`${indent}throw new Unfinished('${id}: ${name}');`);
      throws = true;
    }
    index = end;
  }
  return withImport(out, throws);
}

/** The function whose body holds line `index`, or undefined at the top level or in a class body. */
function enclosingFunction(lines: string[], index: number, indent: number): string | undefined {
  if (indent === 0) return undefined;
  for (let at = index - 1; at >= 0; at--) {
    const line = lines[at];
    if (line.trim() === '' || indentOf(line) >= indent) continue;
    if (opensDeclaration.test(line)) return undefined;
    // `): Frame {` ends a signature of several lines: its name stands at the same indent, above.
    if (line.trim().startsWith(')') || line.trim().startsWith('}')) continue;
    const name = signatureName.exec(line)?.[1];
    if (name && !['if', 'for', 'while', 'switch', 'catch'].includes(name)) return name;
  }
  return undefined;
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

/** Adds the import of `Unfinished` after the last import, or at the top. */
function withImport(lines: string[], throws: boolean): string {
  if (!throws) return lines.join('\n');
  const last = lines.findLastIndex((line) => /^(import .*|\} from .*);$/.test(line));
  const statement = "import { Unfinished } from '../workbook/unfinished.ts';";
  const block = last === -1 ? [statement, ''] : [statement];
  return [...lines.slice(0, last + 1), ...block, ...lines.slice(last + 1)].join('\n');
}
