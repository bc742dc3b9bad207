import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { plannedLabs } from '../../docs/.vitepress/labs.ts';
import { snippetProblem, withoutMarkers } from '../../docs/.vitepress/markdown.ts';
import { drills, makeSidebar, parts, referencePages } from '../../docs/.vitepress/sidebar.ts';
import { readCourse, workbookRoot } from '../../workbook/course.ts';

const course = readCourse(workbookRoot);
const docs = join(workbookRoot, 'docs');

const pagesIn = (folder: string) =>
  readdirSync(join(docs, folder))
    .filter((name) => name.endsWith('.md') && name !== 'index.md')
    .map((name) => name.slice(0, -'.md'.length))
    .sort();

describe('the sidebar', () => {
  test.each(parts)('lists exactly the chapters of $id, and an index page', ({ id, chapters }) => {
    expect(chapters.map(({ slug }) => slug).sort()).toEqual(pagesIn(id));
    expect(existsSync(join(docs, id, 'index.md'))).toBe(true);
  });

  test('lists exactly the pages of the reference', () => {
    expect(referencePages.map(({ slug }) => slug).sort()).toEqual(pagesIn('reference'));
  });

  test('lists exactly the design drills', () => {
    expect(drills.map(({ slug }) => slug).sort()).toEqual(pagesIn('interview/drills'));
  });

  test('lists the labs of package.json, each with its page, in order', () => {
    const labs = makeSidebar(course.labs.map(({ id }) => id)).find(({ text }) => text === 'Labs');
    expect(labs?.items?.map(({ link }) => link)).toEqual(course.labs.map(({ id }) => `/labs/${id}`));
    expect(pagesIn('labs')).toEqual(course.labs.map(({ id }) => id));
  });

  test('has the paths, the parts in the order of the course, then labs, interview, reference', () => {
    expect(makeSidebar([]).map(({ text }) => text)).toEqual([
      'Learning paths',
      'Handshake',
      'Framing',
      'Chat',
      'Reconnection',
      'Security',
      'Scaling',
      'Labs',
      'Interview',
      'Reference',
    ]);
  });
});

describe('the labs of the home page', () => {
  test('are 21, each in a part', () => {
    expect(plannedLabs.map(({ id }) => id.slice(0, 2))).toEqual(
      Array.from({ length: 21 }, (_, index) => String(index + 1).padStart(2, '0')),
    );
  });

  test('include every lab of package.json', () => {
    expect(plannedLabs.map(({ id }) => id)).toEqual(expect.arrayContaining(course.labs.map(({ id }) => id)));
  });
});

describe('shown code', () => {
  /** `<<< @/../solutions/03-frames.ts#mask{ts}` on a line of its own, outside of code blocks. */
  const imports = readdirSync(docs, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md') && !path.includes('node_modules'))
    .flatMap((path) => {
      const page = join(docs, path);
      const lines = readFileSync(page, 'utf8').split('\n');
      return lines
        .map((line) => /^<<<\s*([^\s#{]+)(?:#([\w-]+))?/.exec(line))
        .filter((found) => found !== null)
        .map(([, file, region = '']) => ({ page, path, file, region }));
    });

  test('is imported by chapters', () => {
    expect(imports.length).toBeGreaterThan(0);
  });

  test.each(imports)('$path: $file $region', ({ page, file, region }) => {
    const target = file.startsWith('@/') ? join(docs, file.slice(2)) : resolve(dirname(page), file);
    expect(snippetProblem(target, region)).toBeUndefined();
  });

  test('has no marker lines', () => {
    const code = [
      '// #region mask',
      'a',
      '  // #region solution: do it',
      '  b',
      '  // #endregion',
      '// #endregion mask',
    ];
    expect(withoutMarkers(code.join('\n'))).toBe('a\n  b');
  });

  test('names a region that is missing or never closed, and a missing file', () => {
    const solution = join(workbookRoot, 'solutions/01-handshake.ts');
    expect(snippetProblem(solution, 'accept-key')).toBeUndefined();
    expect(snippetProblem(solution, 'nothing')).toMatch(/has no region "nothing"/);
    expect(snippetProblem(join(workbookRoot, 'solutions/nothing.ts'))).toMatch(/is not there/);
  });
});
