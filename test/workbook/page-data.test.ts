import type { PageData } from 'vitepress';
import { describe, expect, test, vi } from 'vitest';
import { plannedLabs } from '../../docs/.vitepress/labs.ts';
import { describePage } from '../../docs/.vitepress/page-data.ts';

/** The part of VitePress's page that is read. */
function page(relativePath: string, frontmatter = {}): PageData {
  return { relativePath, frontmatter } as PageData;
}

// Checks are not listed: the workbook tells them itself.
vi.stubEnv('LIVE_CHECKS', '1');

describe('the line above the title', () => {
  test.each([
    ['a chapter', page('handshake/accept-key.md'), 'Handshake, 3 of 6, to /handshake/'],
    ['a part', page('handshake/index.md'), undefined],
    ['a lab', page('labs/03-frames.md'), 'Labs, to /labs/'],
    ['a page of reference', page('reference/opcodes.md'), 'Reference, to /reference/'],
    ['practice', page('interview/practice.md'), 'Interview, to /interview/'],
    [
      'a question',
      page('interview/framing/length-claim.md', { topic: 'framing', level: 'mid' }),
      'Framing, mid, to /interview/#framing',
    ],
    ['a drill', page('interview/drills/chat.md'), 'Design drills, to /interview/drills/'],
    ['the drills', page('interview/drills/index.md'), 'Interview, to /interview/'],
    ['the home page', page('index.md'), undefined],
  ])('of %s', async (_, data, line) => {
    const { kicker } = await describePage(data);
    expect(kicker && [kicker.title, kicker.step, `to ${kicker.link}`].filter(Boolean).join(', ')).toBe(line);
  });
});

test('every lab is led to by questions of the bank', async () => {
  for (const { id } of plannedLabs) {
    const { lab } = await describePage(page(`labs/${id}.md`));
    expect(lab?.questions.length, id).toBeGreaterThan(0);
  }
});
