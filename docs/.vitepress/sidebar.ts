import type { DefaultTheme } from 'vitepress';
import { topics } from './interview/topics.ts';
import { plannedLabs } from './labs.ts';

/** One of the six parts that have chapters. */
export interface Part {
  /** Its folder in docs/. */
  id: PartId;
  title: string;
  /** The question the part answers. */
  question: string;
  /** Chapters that exist, in reading order; empty while the part is still to be written. */
  chapters: readonly Chapter[];
}

export type PartId = 'handshake' | 'framing' | 'chat' | 'reconnection' | 'security' | 'scaling';

export interface Chapter {
  /** The stem of its file: docs/<part>/<slug>.md. */
  slug: string;
  title: string;
}

export const parts: readonly Part[] = [
  {
    id: 'handshake',
    title: 'Handshake',
    question: 'How does an HTTP connection become a WebSocket?',
    chapters: [
      { slug: 'why-websocket', title: 'Why WebSocket' },
      { slug: 'opening', title: 'The opening handshake' },
      { slug: 'accept-key', title: 'The accept key' },
      { slug: 'refusals', title: 'Refusing well' },
      { slug: 'client', title: "The client's side" },
      { slug: 'subprotocols', title: 'Subprotocols' },
    ],
  },
  {
    id: 'framing',
    title: 'Framing',
    question: 'How do messages travel as bytes?',
    chapters: [
      { slug: 'frames', title: 'What a frame is' },
      { slug: 'lengths', title: 'Three lengths' },
      { slug: 'masking', title: 'Masking' },
      { slug: 'parsing', title: 'Parsing a stream' },
      { slug: 'messages', title: 'Messages and fragments' },
      { slug: 'control-frames', title: 'Ping, pong and close frames' },
      { slug: 'closing', title: 'Closing' },
      { slug: 'backpressure', title: 'Backpressure' },
      { slug: 'compression', title: 'Compression' },
      { slug: 'multiplexing', title: 'Multiplexing' },
      { slug: 'wire', title: 'Reading the wire' },
    ],
  },
  {
    id: 'chat',
    title: 'Chat',
    question: 'What does an application protocol on top of WebSocket need?',
    chapters: [
      { slug: 'protocol', title: 'A protocol on top' },
      { slug: 'hub', title: 'Rooms and broadcasts' },
      { slug: 'client', title: 'The client' },
      { slug: 'server', title: 'The whole server' },
    ],
  },
  {
    id: 'reconnection',
    title: 'Reconnection',
    question: 'How does a client come back with nothing lost and nothing twice?',
    chapters: [
      { slug: 'liveness', title: 'Knowing a dead peer' },
      { slug: 'backoff', title: 'Coming back without a herd' },
      { slug: 'retrying', title: 'Whether to come back' },
      { slug: 'resume', title: 'Nothing lost, nothing twice' },
    ],
  },
  {
    id: 'security',
    title: 'Security',
    question: 'Who may connect, and what keeps the server up when they misbehave?',
    chapters: [
      { slug: 'threats', title: 'Who attacks, and what' },
      { slug: 'wss', title: 'wss' },
      { slug: 'origin', title: 'Origin' },
      { slug: 'authentication', title: 'Authentication' },
      { slug: 'limits', title: 'Limits' },
      { slug: 'checklist', title: 'A checklist' },
    ],
  },
  {
    id: 'scaling',
    title: 'Scaling',
    question: 'What changes when one server is no longer enough?',
    chapters: [
      { slug: 'numbers', title: 'Numbers first' },
      { slug: 'backplane', title: 'Many nodes, one chat' },
      { slug: 'balancing', title: 'Where a connection goes' },
      { slug: 'draining', title: 'Leaving politely' },
      { slug: 'monitoring', title: 'Knowing how it is doing' },
    ],
  },
];

/** The tables of the reference, docs/reference/<slug>.md. */
export const referencePages: readonly Chapter[] = [
  { slug: 'headers', title: 'Handshake headers' },
  { slug: 'opcodes', title: 'Opcodes' },
  { slug: 'close-codes', title: 'Close codes' },
  { slug: 'urls', title: 'URLs' },
  { slug: 'browsers', title: 'Limits of browsers' },
  { slug: 'protocol', title: "The chat's protocol" },
  { slug: 'captures', title: 'Captures' },
  { slug: 'conformance', title: 'Conformance' },
  { slug: 'myths', title: 'What tutorials get wrong' },
  { slug: 'glossary', title: 'Glossary' },
  { slug: 'reading', title: 'Further reading' },
];

/** The design drills, docs/interview/drills/<slug>.md. */
export const drills: readonly Chapter[] = [
  { slug: 'chat', title: 'A real-time chat' },
  { slug: 'dashboard', title: 'A live dashboard' },
  { slug: 'editor', title: 'A collaborative editor' },
  { slug: 'game', title: 'A multiplayer game' },
  { slug: 'feed', title: 'A market feed' },
];

/** The pages to practise on. */
const practising: DefaultTheme.SidebarItem[] = [
  { text: 'Practice', link: '/interview/practice' },
  { text: 'Mock interview', link: '/interview/mock' },
];

/**
 * The whole of the site: the learning paths, the parts, then Labs, Interview, Reference. `labIds` are the labs that
 * exist, which package.json lists. Of the interview it has one link a topic, not one a question.
 */
export function makeSidebar(labIds: readonly string[]): DefaultTheme.SidebarItem[] {
  return [
    { text: 'Learning paths', link: '/paths' },
    ...parts.map(
      (part): DefaultTheme.SidebarItem => ({
        text: part.title,
        link: `/${part.id}/`,
        collapsed: false,
        items: pagesOf(part.id, part.chapters),
      }),
    ),
    {
      text: 'Labs',
      link: '/labs/',
      collapsed: false,
      items: plannedLabs
        .filter(({ id }) => labIds.includes(id))
        .map(({ id, title }) => ({ text: `${id.slice(0, 2)} ${title}`, link: `/labs/${id}` })),
    },
    {
      text: 'Interview',
      link: '/interview/',
      collapsed: false,
      items: [
        ...practising,
        { text: 'Design drills', link: '/interview/drills/' },
        {
          text: 'Questions',
          // Without a link, what unfolds it would be a button in a button.
          link: `/interview/#${topics[0].id}`,
          collapsed: true,
          items: topics.map(({ id, title }) => ({ text: title, link: `/interview/#${id}` })),
        },
      ],
    },
    { text: 'Reference', link: '/reference/', collapsed: false, items: pagesOf('reference', referencePages) },
  ];
}

/**
 * The sidebar of each folder: all sections, and of the folder's own what is in it. The whole of it on every page would
 * be 80 links that a telephone has to draw before the text is of use.
 */
export function makeSidebars(labIds: readonly string[]): DefaultTheme.SidebarMulti {
  const whole = makeSidebar(labIds);
  const withinOnly = ({ link: own }: DefaultTheme.SidebarItem) =>
    whole.map(({ text, link, items }) => ({ text, link, items: link === own ? items : undefined }));
  const folders = whole.filter(({ link = '' }) => link.endsWith('/'));
  return {
    ...Object.fromEntries(folders.map((section) => [section.link, withinOnly(section)])),
    '/': whole,
    '/interview/': interviewSidebar,
  };
}

/** The sidebar of the pages below /interview/. The theme draws the questions under it: see InterviewNav.vue. */
export const interviewSidebar: DefaultTheme.SidebarItem[] = [
  { text: 'Interview', link: '/interview/', items: practising },
  { text: 'Design drills', link: '/interview/drills/', items: pagesOf('interview/drills', drills) },
];

function pagesOf(folder: string, pages: readonly Chapter[]): DefaultTheme.SidebarItem[] {
  return pages.map(({ slug, title }) => ({ text: title, link: `/${folder}/${slug}` }));
}
