import { headBytes, open, readHead, writeHead } from '../peer/opening.ts';
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

/** How long a client may take to start, or from the start of one case to the next, in milliseconds. */
const hangMs = 60_000;

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
      const outcome = await testServer(port, test).catch(failed);
      const ms = performance.now() - start;
      const survived = await answers(port);
      onResult({ test, ms, ...(survived ? outcome : failed(`the server answers no more. ${server.error}`)) });
      // It may hang in a loop, and would fail the cases that follow.
      if (!survived || outcome.verdict === 'FAILED') await server.stop();
    }
  } finally {
    await server?.stop();
  }
}

/** Whether a server still answers: one that crashes also ends its connections, as some cases want it. */
async function answers(port: number): Promise<boolean> {
  const socket = await open(port).catch(() => undefined);
  if (!socket) return false;
  await writeHead(socket, headBytes(['GET / HTTP/1.1', 'Host: 127.0.0.1', 'Connection: close']));
  const head = await readHead(socket, silenceMs);
  socket.destroy();
  return head !== undefined;
}

/** A client runs case after case by itself. When it ends or hangs before the last, another does the rest. */
async function runClient(subject: Subject, cases: readonly Case[], onResult: (result: CaseResult) => void) {
  for (let left = cases; left.length > 0; ) {
    const done = await runOneClient(subject, left, onResult);
    left = left.filter((test) => !done.has(test));
  }
}

/** Resolves with the cases that are done once the client is. A result stands when the client goes on after it. */
async function runOneClient(
  subject: Subject,
  cases: readonly Case[],
  onResult: (result: CaseResult) => void,
): Promise<Set<Case>> {
  const done = new Set<Case>();
  const starts = new Map<Case, number>();
  let latest: Case | undefined;
  let held: CaseResult | undefined;
  const settle = (result: CaseResult | undefined) => {
    held = undefined;
    if (!result || done.has(result.test)) return;
    done.add(result.test);
    onResult(result);
  };
  const suite = await listen({
    cases,
    started(test) {
      settle(held);
      latest = test;
      starts.set(test, performance.now());
      hang.refresh();
    },
    finished(test, outcome) {
      const result = { test, ...outcome, ms: performance.now() - (starts.get(test) ?? 0) };
      if (test === latest) held = result;
      else settle(result);
    },
    reported() {
      settle(held);
      void client.stop();
    },
  });
  const url = `ws://127.0.0.1:${suite.port}`;
  const client = new SubjectProcess(subject, ['--url', url, '--agent', 'conformance']);
  const hang = setTimeout(() => client.stop(), hangMs);
  await client.ended;
  clearTimeout(hang);
  suite.close();
  if (!latest) throw new Error(`The client ran no case. ${client.error}`);
  const why = failed(`the client did not go on after this. ${client.error}`);
  settle({ test: latest, ...why, ms: performance.now() - (starts.get(latest) ?? 0) });
  return done;
}

function failed(why: Error | string): Outcome {
  return { verdict: 'FAILED', got: String(why instanceof Error ? why.message : why).trim() };
}
