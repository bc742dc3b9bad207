import { build } from 'esbuild';
import { conditionsWithout, readCourse, workbookRoot } from './course.ts';

/** A file of a page, as it is served. */
export interface Asset {
  type: string;
  body: Uint8Array;
}

/**
 * Bundles a page's TypeScript, on the learner's files for the labs in `mine` (numbers, as `13`) and the reference
 * for the others.
 *
 * @throws the error of esbuild, which names the file, when one cannot be bundled for a page.
 */
export async function bundleScript(file: string, mine: readonly string[] = []): Promise<Asset> {
  const course = readCourse(workbookRoot);
  const learners = course.labs.filter(({ number }) => mine.includes(number));
  const { outputFiles } = await build({
    entryPoints: [file],
    absWorkingDir: workbookRoot,
    conditions: conditionsWithout(course, learners),
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    logLevel: 'silent',
  });
  return { type: 'text/javascript; charset=utf-8', body: outputFiles[0].contents };
}
