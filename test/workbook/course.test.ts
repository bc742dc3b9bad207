import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import ts from 'typescript';
import type { DefaultTheme } from 'vitepress';
import { beforeAll, describe, expect, test } from 'vitest';
import { interviewSidebar, makeSidebar } from '../../docs/.vitepress/sidebar.ts';
import { findLab, readCourse, workbookRoot } from '../../workbook/course.ts';
import { readMistakes } from '../../workbook/mistakes.ts';
import { readPrograms } from '../../workbook/programs/program.ts';
import { listChecks } from '../../workbook/runner/check-runner.ts';
import type { ListedCheck } from '../../workbook/verdict.ts';

const course = readCourse(workbookRoot);
const ids = course.labs.map(({ id }) => id);

/** The stems of the files in a folder whose names end so. */
function stems(folder: string, ending: string): string[] {
  return readdirSync(join(workbookRoot, folder))
    .filter((file) => file.endsWith(ending))
    .map((file) => basename(file, ending))
    .sort();
}

test('a lab is found by its number or its name', () => {
  for (const wanted of ['1', '01', '01-handshake']) expect(findLab(course, wanted)?.id).toBe('01-handshake');
  for (const wanted of ['0', '99', 'handshake', '']) expect(findLab(course, wanted)).toBeUndefined();
});

describe('all lists of the labs agree', () => {
  test('package.json: one import and one condition a lab', () => {
    const { imports } = JSON.parse(readFileSync(join(workbookRoot, 'package.json'), 'utf8'));
    expect(imports).toEqual(
      Object.fromEntries(
        course.labs.map(({ id, specifier, condition }) => [
          specifier,
          { [condition]: `./solutions/${id}.ts`, default: `./labs/${id}.ts` },
        ]),
      ),
    );
    expect(new Set(course.labs.map(({ number }) => number)).size).toBe(ids.length);
  });

  test('tsconfig.json: every condition is on for the solutions side, none for the stubs', () => {
    const conditions = (file: string) =>
      ts.readConfigFile(join(workbookRoot, file), ts.sys.readFile).config.compilerOptions.customConditions;
    expect(conditions('tsconfig.json')).toEqual(course.labs.map(({ condition }) => condition));
    expect(conditions('tsconfig.labs.json')).toEqual([]);
  });

  test('four files a lab, and no others', () => {
    expect(stems('solutions', '.ts')).toEqual(ids);
    expect(stems('test', '.test.ts')).toEqual(ids);
    expect(stems('docs/labs', '.md').filter((stem) => stem !== 'index')).toEqual(ids);
    for (const lab of course.labs) expect.soft(existsSync(lab.stub), lab.stub).toBe(true);
  });

  test('each page names its lab', () => {
    for (const lab of course.labs) {
      expect.soft(readFileSync(lab.page, 'utf8'), lab.page).toMatch(new RegExp(`^lab: ${lab.id}$`, 'm'));
    }
  });

  test('the sidebar has each lab, and every link of it leads to a page', () => {
    const linksOf = (items: DefaultTheme.SidebarItem[]): string[] =>
      items.flatMap(({ link, items: below = [] }) => [...(link ? [link] : []), ...linksOf(below)]);
    const links = linksOf([...makeSidebar(ids), ...interviewSidebar]);
    expect(links.filter((link) => /^\/labs\/\d/.test(link))).toEqual(ids.map((id) => `/labs/${id}`));
    for (const link of links) {
      const [path] = link.split('#');
      const page = `docs${path.endsWith('/') ? `${path}index` : path}.md`;
      expect.soft(existsSync(join(workbookRoot, page)), page).toBe(true);
    }
  });
});

describe('the checks of a lab', () => {
  let checks: Record<string, ListedCheck[]>;

  beforeAll(async () => {
    checks = await listChecks(course);
  }, 120_000);

  test.each(ids)('%s: at least twelve, each with its section and two hints', (id) => {
    const core = checks[id].filter(({ stretch }) => !stretch);
    expect(core.length).toBeGreaterThanOrEqual(12);
    expect(new Set(checks[id].map(({ title }) => title)).size).toBe(checks[id].length);
    for (const { title, rfc, hint } of checks[id]) {
      expect.soft(rfc, title).toMatch(/^(\d{3,5} §[A-Z\d]|WHATWG |chat\.v1 §)/);
      expect.soft(hint, title).toEqual([expect.stringMatching(/\S/), expect.stringMatching(/\S/)]);
    }
  });

  test.each(course.labs.map((lab) => [lab.id, lab] as const))(
    '%s: the known mistakes are those of its wrong programs',
    (_id, lab) => {
      const mistakes = readMistakes(course)[lab.id] ?? {};
      const wrong = readPrograms(course, lab).filter(({ name }) => name.startsWith('wrong-'));
      expect(Object.entries(mistakes).map(([name, { sentence }]) => [name, sentence])).toEqual(
        wrong.map(({ name, sentence }) => [name, sentence]),
      );
      const titles = checks[lab.id].map(({ title }) => title);
      for (const { fails } of Object.values(mistakes)) {
        expect(fails).not.toEqual([]);
        expect(titles).toEqual(expect.arrayContaining(fails));
      }
    },
  );
});
