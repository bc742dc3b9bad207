import type { Peer, Seen } from '../peer/peer.ts';
import type { Ending, FrameCase, Outcome } from './case.ts';
import { describeGot } from './describe.ts';

type Expected = Pick<FrameCase, 'expect' | 'lenient' | 'ending' | 'informational'>;

/** Judges a connection that is over by what came, and by how it ended. */
export function judge(peer: Peer, { expect, lenient, ending, informational }: Expected): Outcome {
  const got = describeGot(peer);
  const failed = (why: string): Outcome => ({ verdict: 'FAILED', got: `${got}: ${why}` });
  if (peer.violation) return { verdict: 'FAILED', got };
  if (peer.silent) return failed(peer.closeReceived ? 'TCP was not ended' : 'something is missing');
  if (informational) return { verdict: 'INFORMATIONAL', got };
  const strict = same(peer.seen, expect);
  if (!strict && !(lenient && same(peer.seen, lenient))) return failed('not what was expected');
  const wrong = wrongEnding(peer, ending);
  return wrong ? failed(wrong) : { verdict: strict ? 'OK' : 'NON-STRICT', got };
}

function wrongEnding({ closeReceived, closedFirst }: Peer, ending: Ending): string | undefined {
  const { kind, codes } = ending;
  if (kind === 'subject fails' && closedFirst !== 'subject') return 'the connection was not failed';
  if (kind !== 'subject fails' && closedFirst !== 'suite') return 'the connection ended too early';
  const mustAnswer = kind === 'suite closes' || (kind === 'case closes' && ending.mustAnswer);
  if (mustAnswer && !closeReceived) return 'the Close was not answered';
  const code = closeReceived?.code;
  return code === undefined || codes.includes(code) ? undefined : 'the wrong close code';
}

/** The same things in the same order. */
function same(some: readonly Seen[], others: readonly Seen[]): boolean {
  return some.length === others.length && some.every((seen, index) => alike(seen, others[index]));
}

export function alike(one: Seen, other: Seen): boolean {
  if (one.type === 'wait' || other.type === 'wait') return one.type === other.type;
  return one.type === other.type && one.data.equals(other.data);
}
