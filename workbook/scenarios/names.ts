/** The sketches of `npm run scenario`, each with what its page shows. */
export const scenarios = {
  feed: 'a market feed: every change, numbered, or the newest state ten times a second',
  dashboard: 'a live dashboard: conflation for a reader that is slow',
  editor: 'collaborative editing: one document by Yjs, edited offline and merged',
  game: 'a game: ticks in a binary protocol, and interpolation between them',
} as const;

export type ScenarioName = keyof typeof scenarios;
