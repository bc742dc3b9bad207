import { parse } from 'yaml';
import { z } from 'zod';
import { levels, topicIds } from './topics.ts';

/** What stands before a question's text. */
const frontmatter = z.strictObject({
  title: z.string().min(10).max(120),
  topic: z.enum(topicIds),
  level: z.enum(levels),
  /** The path of a chapter, and of a section in it perhaps: `/framing/masking`. */
  chapter: z.string().regex(/^\/[a-z]+\/[a-z0-9-]+(#[a-z0-9-]+)?$/),
  /** `04-frame-parser`, where there is one to build. */
  lab: z
    .string()
    .regex(/^\d\d-[a-z-]+$/)
    .optional(),
  /** Ids it had before: what a person knows of them is kept. */
  formerly: z.array(z.string()).default([]),
});

/** The sections of every question, in this order. */
export const sectionTitles = {
  asked: 'What is really asked',
  short: 'The short answer',
  deeper: 'Going deeper',
  followUps: 'Follow-ups',
  great: 'What separates a great answer',
  redFlags: 'Red flags',
  sources: 'Sources',
} as const;

type SectionName = keyof typeof sectionTitles;

/** A question of the bank. Sections are Markdown. */
export interface Question extends z.infer<typeof frontmatter> {
  /** `handshake/accept-key`: its file, and what a person's cards are kept under. */
  id: string;
  sections: Record<SectionName, string>;
}

/** Words of the short answer: what can be said in a minute. */
const shortAnswer = { min: 40, max: 170 };

/**
 * Reads a question's file.
 *
 * @throws Error that names the question and says what is wrong with it.
 */
export function readQuestion(id: string, text: string): Question {
  const problem = (what: string) => new Error(`docs/interview/${id}.md: ${what}`);
  const [, head, body] = /^---\n(.*?)\n---\n(.*)$/s.exec(text.replaceAll('\r\n', '\n')) ?? [];
  if (head === undefined) throw problem('it must begin with frontmatter between two lines of ---.');
  const known = frontmatter.safeParse(parse(head));
  if (!known.success) throw problem(z.prettifyError(known.error));
  const { title, topic } = known.data;
  if (!id.startsWith(`${topic}/`)) throw problem(`its topic is ${topic}, and its folder another.`);

  const [top, ...parts] = body.split(/^## /m);
  if (top.trim() !== `# ${title}`)
    throw problem('its heading must be its title, and its sections follow at once.');
  const names = Object.entries(sectionTitles) as [SectionName, string][];
  const found = parts.map((part) => part.slice(0, part.indexOf('\n')).trim());
  const expected = names.map(([, heading]) => heading);
  if (found.join('|') !== expected.join('|')) {
    throw problem(`its sections are ${found.join(', ')}; they must be ${expected.join(', ')}.`);
  }
  const sections = Object.fromEntries(
    names.map(([name], at) => [name, parts[at].slice(parts[at].indexOf('\n')).trim()]),
  ) as Question['sections'];
  checkSections(sections, problem);
  return { id, ...known.data, sections };
}

function checkSections(sections: Question['sections'], problem: (what: string) => Error): void {
  for (const [name, text] of Object.entries(sections)) {
    if (text === '') throw problem(`the section "${sectionTitles[name as SectionName]}" is empty.`);
  }
  const words = sections.short.split(/\s+/).length;
  if (words < shortAnswer.min || words > shortAnswer.max) {
    throw problem(
      `its short answer has ${words} words; ${shortAnswer.min} to ${shortAnswer.max} can be spoken.`,
    );
  }
  const items = (text: string) => text.match(/^- /gm)?.length ?? 0;
  if (items(sections.followUps) < 2) throw problem('it needs two follow-ups or more, as a list.');
  if (items(sections.redFlags) < 2) throw problem('it needs two red flags or more, as a list.');
  if (!/^- \[.+\]\(https?:\/\/.+\)/m.test(sections.sources)) throw problem('it needs a source with a link.');
}
