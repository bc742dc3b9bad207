import { silenceMs } from '../peer/peer.ts';
import type { Case, Outcome } from './case.ts';
import { type Subject, SubjectProcess } from './subject.ts';
import { listen } from './test-client.ts';
import { testServer } from './test-server.ts';

/** What one case came to against one subject. */
export interface CaseResult extends Outcome {
  test: Case;
  /** Milliseconds. */
  ms: number;
}

/** Processes of a subject at once, each with its share of the cases: most wait for the other end half the time. */
const lanes = 4;

/** Whether a subject of that role can be put to the case. */
export function applies({ kind }: Case, role: 'server' | 'client'): boolean {
  return kind !== (role === 'server' ? 'answer' : 'request');
}

/** Runs those of the cases that apply to the subject, in any order. */
export async function runSide(
  subject: Subject,
  cases: readonly Case[],
  onResult: (result: CaseResult) => void,
): Promise<void> {
  const mine = cases.filter((test) => applies(test, subject.role));
  const shares = Array.from({ length: Math.min(lanes, mine.length) }, (_, lane) =>
    mine.filter((_test, index) => index % lanes === lane),
  );
  const run = subject.role === 'server' ? runServer : runClient;
  await Promise.all(shares.map((share) => run(subject, share, onResult)));
}

async function runServer(subject: Subject, cases: readonly Case[], onResult: (result: CaseResult) => void) {
  let server: SubjectProcess | undefined;
  let port = 0;
  try {
    for (const test of cases) {
      if (!server?.running) {
        server = new SubjectProcess(subject, ['--port', '0']);
        port = await server.port();
      }
      const start = performance.now();
      const outcome = await Promise.race([
        testServer(port, test).catch((error: Error): Outcome => ({ verdict: 'FAILED', got: error.message })),
        ended(server),
      ]);
      onResult({ test, ...outcome, ms: performance.now() - start });
      // It may hang in a loop, and would fail the cases that follow.
      if (outcome.verdict === 'FAILED') await server.stop();
    }
  } finally {
    await server?.stop();
  }
}

/** A client runs case after case by itself. When it ends or hangs before the last, another does the rest. */
async function runClient(subject: Subject, cases: readonly Case[], onResult: (result: CaseResult) => void) {
  for (let left = cases; left.length > 0; ) {
    const done = await runOneClient(subject, left, onResult);
    left = left.filter((test) => !done.has(test));
  }
}

async function runOneClient(
  subject: Subject,
  cases: readonly Case[],
  onResult: (result: CaseResult) => void,
): Promise<Set<Case>> {
  const done = new Set<Case>();
  let current: Case | undefined;
  let start = 0;
  const finished = (test: Case, outcome: Outcome) => {
    if (current !== test) return;
    current = undefined;
    done.add(test);
    onResult({ test, ...outcome, ms: performance.now() - start });
    hang.refresh();
  };
  const suite = await listen({
    cases,
    started(test) {
      current = test;
      start = performance.now();
    },
    finished,
    reported: () => client.stop(),
  });
  const url = `ws://127.0.0.1:${suite.port}`;
  const client = new SubjectProcess(subject, ['--url', url, '--agent', 'conformance']);
  // A case ends in any event; between two, nothing but itself keeps the client from going on.
  const hang = setTimeout(() => current || client.stop(), 2 * silenceMs);
  const outcome = await ended(client);
  clearTimeout(hang);
  suite.close();
  if (current) finished(current, outcome);
  if (done.size === 0) throw new Error(`The client ran no case. ${client.error}`);
  return done;
}

async function ended(subject: SubjectProcess): Promise<Outcome> {
  await subject.ended;
  return { verdict: 'FAILED', got: `the process ended. ${subject.error}`.trim() };
}
