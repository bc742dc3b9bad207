import { join } from 'node:path';
import { ChatLauncher, ChatStartError } from '../chat/launcher.ts';
import { formatWhose } from '../chat/whose.ts';
import { commandLine, currentCourse, parsePort } from '../command-line.ts';
import type { Lab } from '../course.ts';
import { Workbench } from '../runner/workbench.ts';
import { attachWorkbench } from '../site/attach.ts';
import { attachWire, isLoopback } from '../site/attach-wire.ts';
import { ChatFollowsLabs } from '../site/chat-follows.ts';
import { openSite } from '../site/open-site.ts';

interface Flags {
  port: number;
  host: string;
  chatPort: number;
}

const { port, host, chatPort } = commandLine('npm start --', 'The site with live checks, and the chat.')
  .option('--port <number>', 'where the site listens; 0 for any free port', parsePort, 5173)
  .option('--chat-port <number>', 'where the chat listens; 0 for any free port', parsePort, 8080)
  .option('--host <address>', 'the address both listen on', '127.0.0.1')
  .parse()
  .opts<Flags>();

const course = currentCourse();
// For docs/.vitepress/page-data.ts: the workbench tells the pages what there is to check.
process.env.LIVE_CHECKS = '1';
const workbench = new Workbench(course);
/** Whoever reaches the site can see the wire: it is shown only to this machine. */
const liveWire = isLoopback(host);
const chat = new ChatLauncher(course, {
  port: chatPort,
  host,
  engine: 'labs',
  allowedOrigins: [],
  liveWire,
});
chat.on('fallback', (sentence) => console.error(sentence));
chat.on('down', (sentence) => console.error(sentence));
const [site] = await Promise.all([
  openSite(join(course.root, 'docs'), { port, host }),
  new ChatFollowsLabs(workbench, chat).start(),
]).catch(fail);
let stopping = false;

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);

attachWorkbench(site.server, workbench, { url: () => chat.url, wire: liveWire });
if (liveWire) attachWire(site.server, chat);
console.log(`Site  ${site.url}\nChat  ${chat.url}\n${formatWhose(course, chat.mine)}`);
chat.on('running', (_url, mine) => console.log(`The chat has restarted. ${yours(mine)}`));

await workbench.start();
console.log(`${whatNext()}\nCtrl-C stops both.`);
if (workbench.progress.problem) console.error(workbench.progress.problem);

workbench.on('verdict', ({ verdict }) => {
  const core = verdict.checks.filter(({ stretch }) => !stretch);
  const passed = core.filter(({ state }) => state === 'passed').length;
  console.log(verdict.problem ?? `labs/${verdict.lab}.ts: ${passed} of ${core.length} checks pass.`);
});

function whatNext(): string {
  const next = course.labs.find(({ id }) => workbench.verdicts.get(id)?.state !== 'passed');
  if (!next) return 'All labs pass: the chat runs on your code alone.';
  return `Next: edit labs/${next.id}.ts; ${site.url}labs/${next.id}.html shows its checks on every save.`;
}

function yours(mine: readonly Lab[]): string {
  return mine.length === 0
    ? 'It runs on the reference.'
    : `Yours in it: ${mine.map(({ id }) => id).join(', ')}.`;
}

async function stop(): Promise<void> {
  // A second Ctrl-C does not wait for anything.
  if (stopping) process.exit(1);
  stopping = true;
  await Promise.all([site.server.close(), workbench.close(), chat.stop()]);
  process.exit(0);
}

/** Nothing of it can run without the rest: one sentence, and all that was started ends. */
async function fail(error: Error): Promise<never> {
  const chatPortTaken = error instanceof ChatStartError && error.code === 'EADDRINUSE';
  console.error(chatPortTaken ? error.message.replace('--port', '--chat-port') : error.message);
  await Promise.all([workbench.close(), chat.stop()]);
  process.exit(1);
}
