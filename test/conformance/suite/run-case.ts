import type { RawFrame } from '../peer/frame.ts';
import type { Peer } from '../peer/peer.ts';
import type { EchoCase, FrameCase, Outcome, SlowFrame } from './case.ts';
import { describeGot, describeSeen } from './describe.ts';
import { alike, judge } from './judge.ts';

/** Runs a case on a connection that is open, to the end of TCP. */
export async function runCase(peer: Peer, test: FrameCase | EchoCase): Promise<Outcome> {
  return test.kind === 'frames' ? await runFrames(peer, test) : await runEcho(peer, test);
}

async function runFrames(peer: Peer, test: FrameCase): Promise<Outcome> {
  for (const step of runs(test.send)) {
    if (peer.over) break;
    if (typeof step === 'number') await peer.wait(step);
    else if ('slowly' in step) await peer.sendSlowly(step);
    else await peer.send(step, test.cut);
  }
  const { expect, lenient = [], ending } = test;
  const closes = ending.kind === 'suite closes';
  // Where the other side is to end it, more than expected is the sign that it will not.
  const enough = closes ? expect.length : Math.max(expect.length, lenient.length) + 1;
  await peer.until(() => peer.over || peer.seen.length >= enough);
  if (closes || !(peer.over || peer.closeSent)) await peer.closeAndFinish();
  else await peer.finish();
  return judge(peer, test);
}

/** Frames that follow one another leave together; all else stands alone. */
function* runs(steps: FrameCase['send']): Generator<RawFrame[] | SlowFrame | number> {
  let frames: RawFrame[] = [];
  for (const step of steps) {
    if (typeof step !== 'number' && 'opcode' in step) {
      frames.push(step);
      continue;
    }
    yield frames;
    yield step;
    frames = [];
  }
  yield frames;
}

async function runEcho(peer: Peer, { count, message, fragment, cut }: EchoCase): Promise<Outcome> {
  let wrong: string | undefined;
  for (let index = 0; index < count && !wrong; index++) {
    const sent = message(index);
    await peer.sendMessage(sent, fragment, cut);
    await peer.until(() => peer.over || peer.seen.length > 0);
    const echo = peer.seen.shift();
    if (!echo) wrong = `message ${index + 1} of ${count} did not come back`;
    else if (!alike(echo, sent))
      wrong = `message ${index + 1} of ${count} came back as ${describeSeen([echo])}`;
  }
  await peer.closeAndFinish();
  if (wrong) return { verdict: 'FAILED', got: `${wrong}: ${describeGot(peer)}` };
  const outcome = judge(peer, { expect: [], ending: { kind: 'suite closes', codes: [1000] } });
  return outcome.verdict === 'OK' ? { verdict: 'OK', got: 'every message came back' } : outcome;
}
