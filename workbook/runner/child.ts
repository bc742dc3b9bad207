// The process in which learners' code runs: one vitest a lab, asked over IPC, ended by its parent at any time.
import { type Lab, readCourse } from '../course.ts';
import { startedChecks } from './announce-channel.ts';
import { collectChecks, LabChecks } from './lab-checks.ts';
import type { Reply, Request } from './messages.ts';

const course = readCourse(process.argv[2]);
const opened = new Map<string, LabChecks>();

const reply = (message: Reply) => process.send?.(message);

new BroadcastChannel(startedChecks).onmessage = ({ data }: MessageEvent<string>) =>
  reply({ kind: 'started', check: data });

// One at a time: the parent asks again only when it has its answer.
process.on('message', async (request: Request) => {
  try {
    reply(await answer(request));
  } catch (error) {
    reply({ kind: 'failed', problem: error instanceof Error ? error.message : String(error) });
  }
});
process.on('disconnect', () => process.exit());
// Ctrl-C reaches the whole group; the parent decides when this process ends.
process.on('SIGINT', () => {});

async function answer(request: Request): Promise<Reply> {
  if (request.kind === 'list') {
    const labs = course.labs.filter((lab) => request.labs.includes(lab.id));
    return { kind: 'list', checks: await collectChecks(course, labs) };
  }
  return { kind: 'verdict', verdict: await checksOf(request.lab).run(() => reply({ kind: 'running' })) };
}

function checksOf(lab: Lab): LabChecks {
  const known = opened.get(lab.id);
  if (known) return known;
  const checks = new LabChecks(course, lab);
  opened.set(lab.id, checks);
  return checks;
}
