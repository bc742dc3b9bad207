import { randomBytes } from 'node:crypto';
import { InvalidArgumentError } from 'commander';
import { Cluster } from '../cluster/cluster.ts';
import { commandLine, currentCourse } from '../command-line.ts';
import { passingLabs } from '../progress.ts';
import { listenToKeys } from '../watch/keys.ts';

interface Flags {
  nodes: number;
  port: number;
  drain: number;
}

function parseWhole(least: number, most: number, what: string): (value: string) => number {
  return (value) => {
    const number = /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN;
    if (number >= least && number <= most) return number;
    throw new InvalidArgumentError(`${what} a whole number from ${least} to ${most}.`);
  };
}

const flags = commandLine(
  'npm run cluster --',
  'The chat on many nodes: Redis, the nodes, and HAProxy before them.',
)
  .option('--nodes <number>', 'how many nodes', parseWhole(1, 16, 'The number of nodes is'), 3)
  .option(
    '--port <number>',
    'where HAProxy listens; 0 for any free port',
    parseWhole(0, 65_535, 'A port is'),
    8080,
  )
  .option(
    '--drain <seconds>',
    'over how many seconds a node that stops sends its clients away',
    parseWhole(0, 600, 'This is'),
    1,
  )
  .addHelpText(
    'after',
    '\nr, or the signal SIGUSR2, restarts all nodes, one after the other; q or Ctrl-C stops everything.' +
      '\nNeeds redis-server and haproxy. Kill a node, Redis or HAProxy and see: what dies is started again.',
  )
  .parse()
  .opts<Flags>();

const course = currentCourse();
// One for all nodes: a session of one is good on each.
process.env.AUTH_SECRET ||= randomBytes(32).toString('base64url');
const cluster = new Cluster(course, {
  nodes: flags.nodes,
  port: flags.port,
  drainMs: flags.drain * 1_000,
  mine: await passingLabs(course),
});
let stopping = false;
let releaseKeys = () => {};

cluster.on('note', (sentence) => console.log(sentence));
cluster.on('failed', (sentence) => {
  console.error(sentence);
  void stop(1);
});
// A terminal that is closed sends SIGHUP: nobody is there any more.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop(0));
if (process.platform !== 'win32') process.on('SIGUSR2', () => cluster.rollingRestart());

try {
  await cluster.start();
  if (process.stdin.isTTY) releaseKeys = listenToKeys(process.stdin, onKey);
  if (!stopping) console.log(addresses());
} catch (error) {
  if (!stopping) console.error((error as Error).message);
  await stop(1);
}

function onKey(key: string): void {
  if (key === 'r') void cluster.rollingRestart();
  if (key === 'q') void stop(0);
}

function addresses(): string {
  const nodes = cluster.nodeUrls.map((url, index) => `Node ${index + 1}  ${url}`);
  return [
    `Chat    ${cluster.url}  (HAProxy, deploy/haproxy.cfg)`,
    ...nodes,
    `Redis   ${cluster.redisUrl}`,
    process.stdin.isTTY
      ? 'r restarts the nodes one after the other, q stops everything.'
      : `kill -USR2 ${process.pid} restarts the nodes one after the other, Ctrl-C stops everything.`,
  ].join('\n');
}

async function stop(exitCode: number): Promise<void> {
  // A second Ctrl-C does not wait for anything.
  if (stopping) process.exit(1);
  stopping = true;
  releaseKeys();
  await cluster.stop();
  process.exit(exitCode);
}
