/** A part of a design interview. */
export interface Phase {
  title: string;
  /** What belongs in it, as a reminder. */
  todo: string;
  /** From the start of the drill, in minutes; `to` is no longer in it. */
  from: number;
  to: number;
}

/** Shares of 45 minutes: enough for one deep dive, and a wrap-up that is not cut off. */
const shares = [
  { title: 'Scope', share: 6, todo: 'Ask. Write down each answer, and the numbers.' },
  { title: 'Interface', share: 5, todo: 'The messages, who sends each, and what it promises.' },
  { title: 'High level', share: 13, todo: 'Parts and arrows. Follow one message through all of them.' },
  { title: 'Deep dive', share: 15, todo: 'One or two hard places: alternatives, figures, your choice.' },
  { title: 'Wrap-up', share: 6, todo: 'What fails, how you would see it, what you would do next.' },
];
const shared = 45;

/** The phases of a drill that takes so many minutes. */
export function phasesOf(minutes: number): Phase[] {
  let used = 0;
  return shares.map(({ title, todo, share }) => {
    const from = used;
    used += (share * minutes) / shared;
    return { title, todo, from, to: used };
  });
}

/** Which phase one is in, `ms` after the start; once the time is over, as many as there are. */
export function phaseAt(phases: readonly Phase[], ms: number): number {
  const at = phases.findIndex(({ to }) => ms < to * 60_000);
  return at === -1 ? phases.length : at;
}
