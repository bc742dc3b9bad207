import type { PageData } from 'vitepress';
import { readCourse, workbookRoot } from '../../workbook/course.ts';
import { listChecks } from '../../workbook/runner/check-runner.ts';
import type { ListedCheck } from '../../workbook/verdict.ts';
import { readBank } from './interview/bank.ts';
import type { Question } from './interview/question.ts';
import { topics } from './interview/topics.ts';
import { plannedLabs } from './labs.ts';
import { type PartId, parts } from './sidebar.ts';

/** What a page of this site knows about itself: worked out when the site is built, so no page carries the tables. */
export interface SitePageData extends PageData {
  /** The line above the title: what the page belongs to, and how far along it is. */
  kicker?: Kicker;
  /** Of a lab's page: the part it belongs to, its checks, and the questions of the bank that lead to it. */
  lab?: { part: PartId; checks: ListedCheck[]; questions: LinkedQuestion[] };
}

/** A question, as far as a list needs it. */
export type LinkedQuestion = Pick<Question, 'id' | 'title' | 'level'>;

export interface Kicker {
  title: string;
  /** Without the base path. */
  link: string;
  /** `3 of 11`, or the level of a question; may be empty. */
  step: string;
}

/** For VitePress's `transformPageData`: what it returns is merged into the page's data. */
export async function describePage(page: PageData): Promise<Partial<SitePageData>> {
  const { frontmatter } = page;
  const lab = plannedLabs.find(({ id }) => page.relativePath === `labs/${id}.md`);
  return {
    kicker: kickerOf(page),
    // Questions are not read one after the other.
    ...(frontmatter.topic && { frontmatter: { ...frontmatter, prev: false, next: false } }),
    ...(lab && {
      lab: { part: lab.part, checks: (await checksOfLabs())[lab.id] ?? [], questions: questionsOf(lab.id) },
    }),
  };
}

let bank: Question[] | undefined;

function questionsOf(labId: string): LinkedQuestion[] {
  bank ??= readBank();
  return bank.filter(({ lab }) => lab === labId).map(({ id, title, level }) => ({ id, title, level }));
}

let listed: Promise<Record<string, ListedCheck[]>> | undefined;

/** Listed once. Where the workbook runs it tells the pages itself; no page waits for them to be listed twice. */
async function checksOfLabs(): Promise<Record<string, ListedCheck[]>> {
  if (process.env.LIVE_CHECKS) return {};
  listed ??= listChecks(readCourse(workbookRoot));
  return await listed;
}

function kickerOf({ relativePath, frontmatter }: PageData): Kicker | undefined {
  const [folder, file = '', page = 'index'] = relativePath.replace(/\.md$/, '').split('/');
  if (file === 'index' || file === '') return undefined;
  if (folder === 'labs') return { title: 'Labs', link: '/labs/', step: '' };
  if (folder === 'reference') return { title: 'Reference', link: '/reference/', step: '' };
  if (folder === 'interview') {
    if (file === 'drills' && page !== 'index')
      return { title: 'Design drills', link: '/interview/drills/', step: '' };
    const topic = topics.find(({ id }) => id === frontmatter.topic);
    if (!topic) return { title: 'Interview', link: '/interview/', step: '' };
    return { title: topic.title, link: `/interview/#${topic.id}`, step: String(frontmatter.level) };
  }
  const part = parts.find(({ id }) => id === folder);
  if (!part) return undefined;
  const at = part.chapters.findIndex(({ slug }) => slug === file) + 1;
  return { title: part.title, link: `/${part.id}/`, step: at ? `${at} of ${part.chapters.length}` : '' };
}
