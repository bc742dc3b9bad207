import { execFileSync } from 'node:child_process';
import { onTestFinished } from 'vitest';

/** Why there can be no network of our own here; undefined when there can. */
function noNamespaces(): string | undefined {
  try {
    const name = `ws101-try-${process.pid}`;
    execFileSync('ip', ['netns', 'add', name], { stdio: 'ignore' });
    execFileSync('ip', ['netns', 'delete', name], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'No network namespaces here (they need Linux, iproute2 and root): tests that cut a network are skipped.';
  }
}

const problem = noNamespaces();
if (problem && !process.env.CI) console.warn(problem);

/** True where tests that cut a network are to be skipped; with `CI` set they fail instead. */
export const noNetwork = problem !== undefined && !process.env.CI;

/** Another machine, and the network between it and this one. */
export interface Network {
  /** This machine's address, as the other one sees it. */
  readonly here: string;
  /** A command that runs the rest of its line on the other machine. */
  readonly there: readonly string[];
  /** From now on all packets are lost, and nobody is told. */
  cut(): void;
  mend(): void;
}

/** Makes this machine and another one, on a switch that neither can look into. It goes with the test. */
export function makeNetwork(): Network {
  const [wire, far, middle] = ['wire', 'far', 'middle'].map(
    (name) => `ws101-${name}-${process.pid % 10_000}`,
  );
  // Another network for each test file: they may run at the same time.
  const [here, there] = [1, 2].map((host) => `10.101.${process.pid % 250}.${host}`);
  const ip = (command: string) => execFileSync('ip', command.split(' '), { stdio: 'pipe' });
  onTestFinished(() => {
    for (const namespace of [far, middle])
      execFileSync('ip', ['netns', 'delete', namespace], { stdio: 'ignore' });
  });
  for (const namespace of [far, middle]) ip(`netns add ${namespace}`);
  ip(`-n ${middle} link add bridge type bridge`);
  ip(`-n ${middle} link set bridge up`);
  ip(`link add ${wire} type veth peer name near netns ${middle}`);
  ip(`-n ${far} link add cable type veth peer name away netns ${middle}`);
  for (const port of ['near', 'away']) ip(`-n ${middle} link set ${port} master bridge up`);
  ip(`address add ${here}/24 dev ${wire}`);
  ip(`link set ${wire} up`);
  ip(`-n ${far} address add ${there}/24 dev cable`);
  ip(`-n ${far} link set cable up`);
  return {
    here,
    there: ['ip', 'netns', 'exec', far],
    cut: () => ip(`-n ${middle} link set near nomaster`),
    mend: () => ip(`-n ${middle} link set near master bridge`),
  };
}
