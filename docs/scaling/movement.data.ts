import { defineLoader } from 'vitepress';
import { rank } from '../../solutions/18-balancing.ts';
import { rank as modulo } from '../../test/programs/18-balancing/wrong-modulo.ts';
import { rank as unmixed } from '../../test/programs/18-balancing/wrong-unmixed-hash.ts';

/** What one way of choosing does to the same keys. Parts are from 0 to 1. */
export interface Movement {
  name: string;
  /** Of the keys, with four nodes: what the fullest node has. */
  fullest: number;
  /** Of the keys, when a fifth node comes: those that move. */
  moved: number;
  /** Of the keys, then: those that move from one old node to another. */
  inVain: number;
  /** Of the keys of a node that goes: what the node gets that gets most. */
  heir: number;
}

declare const data: Movement[];

export { data };

const keys = Array.from({ length: 10_000 }, (_, n) => `user-${n}`);
const nodes = [1, 2, 3, 4, 5].map((n) => `ws://localhost:808${n}`);
const four = nodes.slice(0, 4);

function movementOf(name: string, order: typeof rank): Movement {
  const homes = (among: readonly string[]) => keys.map((key) => order(key, among)[0]);
  const [before, after, without] = [homes(four), homes(nodes), homes(four.slice(1))];
  const part = (isCounted: (index: number) => boolean) =>
    keys.filter((_, index) => isCounted(index)).length / keys.length;
  const most = (count: (node: string) => number) => Math.max(...four.map(count));
  const orphans = part((index) => before[index] === four[0]);
  return {
    name,
    fullest: most((node) => part((index) => before[index] === node)),
    moved: part((index) => before[index] !== after[index]),
    inVain: part((index) => before[index] !== after[index] && after[index] !== nodes[4]),
    heir: most((node) => part((index) => before[index] === four[0] && without[index] === node)) / orphans,
  };
}

/** Computed by the lab's solution, and by programs that its checks refuse, when the site is built. */
export default defineLoader({
  load: (): Movement[] => [
    movementOf('hash modulo n', modulo),
    movementOf('rendezvous, FNV-1a unmixed', unmixed),
    movementOf('rendezvous (lab 18)', rank),
  ],
});
