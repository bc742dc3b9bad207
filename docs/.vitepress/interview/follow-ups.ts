/** What an interviewer asks next, and its answer; both in Markdown. */
export interface FollowUp {
  asked: string;
  answer: string;
}

/** Reads a question's section of follow-ups: a list, each item with what is asked in bold, and then the answer. */
export function readFollowUps(section: string): FollowUp[] {
  const [, ...items] = section.split(/^- /m);
  return items.map((item) => {
    const text = item.replace(/^ {2}/gm, '').trim();
    const [, asked = text, answer = ''] = /^\*\*(.+?)\*\*\s*(.*)$/s.exec(text) ?? [];
    return { asked, answer };
  });
}
