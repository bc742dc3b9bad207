import { existsSync, readFileSync } from 'node:fs';
import { type BuildFailure, build } from 'esbuild';
import type { Lab } from '../course.ts';

/**
 * What keeps a learner's file from running at all, in one sentence, seen without running it: the file is
 * missing, empty, not TypeScript, or lacks an export that the checks import.
 */
export async function preflight(lab: Lab): Promise<string | undefined> {
  const { file, reset } = lab;
  if (!existsSync(lab.stub)) {
    return `${file} is not there. ${reset} writes a fresh one.`;
  }
  if (readFileSync(lab.stub, 'utf8').trim() === '') {
    return `${file} is empty. ${reset} writes a fresh one.`;
  }
  try {
    const [mine, wanted] = await Promise.all([exportsOf(lab.stub), exportsOf(lab.solution)]);
    // What stands behind `export *` is not known before the file runs.
    const missing = mine.hasStar ? [] : wanted.names.filter((name) => !mine.names.includes(name));
    if (missing.length > 0)
      return `${file} no longer exports ${listed(missing)}, which the checks or later labs import.`;
  } catch (failure) {
    return syntaxError(file, failure);
  }
  return undefined;
}

/** The names that a file exports, without running it. */
export async function exportsOf(path: string): Promise<{ names: string[]; hasStar: boolean }> {
  const result = await build({
    entryPoints: [path],
    outfile: 'lab.js',
    write: false,
    format: 'esm',
    metafile: true,
    logLevel: 'silent',
  });
  const [{ exports: names }] = Object.values(result.metafile.outputs);
  return { names, hasStar: /^export \* from/m.test(result.outputFiles[0].text) };
}

function syntaxError(file: string, failure: unknown): string {
  const [error] = (failure as BuildFailure).errors ?? [];
  if (!error) throw failure;
  return `${file}:${error.location?.line ?? 1}: ${error.text}. The file is not valid TypeScript here.`;
}

function listed(names: string[]): string {
  const quoted = names.map((name) => `\`${name}\``);
  return quoted.length === 1 ? quoted[0] : `${quoted.slice(0, -1).join(', ')} and ${quoted.at(-1)}`;
}
