// Right, with a generator seeded by each pair of key and node, and a drain that is a generator of batches.
import type { DrainOptions, DrainReport, Leaving } from '../../../solutions/18-balancing.ts';
import { systemClock } from '../../../workbook/clock.ts';
import { seededRandom } from '../../../workbook/seeded-random.ts';

export * from '../../../solutions/18-balancing.ts';

/** Each character stirs the state by a turn of the generator. */
function seedOf(text: string): number {
  let seed = 1;
  for (const character of text) seed = seededRandom(seed ^ (character.codePointAt(0) ?? 0))() * 2 ** 32;
  return seed;
}

export function rank(key: string, nodes: readonly string[]): string[] {
  const seed = seedOf(key);
  return nodes
    .map((node): [number, string] => [seededRandom(seed ^ seedOf(node))(), node])
    .sort(([a, nodeA], [b, nodeB]) => a - b || nodeA.localeCompare(nodeB, 'en'))
    .map(([, node]) => node);
}

function* inBatches(everyone: Leaving[], batches: number): Generator<Leaving[]> {
  const small = Math.floor(everyone.length / batches);
  const large = everyone.length % batches;
  let from = 0;
  for (let batch = 0; batch < batches; batch++) {
    const size = small + (batch < large ? 1 : 0);
    yield everyone.slice(from, from + size);
    from += size;
  }
}

export async function drain(
  connections: ReadonlySet<Leaving>,
  { spreadMs, batches, deadlineMs, clock = systemClock, random = Math.random }: DrainOptions,
): Promise<DrainReport> {
  const everyone = [...connections];
  const present = () => everyone.filter((connection) => connections.has(connection));
  let timeLeft = deadlineMs;
  const wait = async (ms: number) => {
    const from = clock.now();
    await new Promise<void>((resolve) => clock.setTimeout(resolve, Math.min(ms, timeLeft)));
    timeLeft -= clock.now() - from;
  };
  const tryTo = (act: () => void) => {
    try {
      act();
    } catch {}
  };
  for (const batch of inBatches(everyone, batches)) {
    if (present().length === 0 || timeLeft <= 0) break;
    for (const connection of batch) {
      if (!connections.has(connection)) continue;
      tryTo(() =>
        connection.tell({ type: 'drain', reconnectInMs: Math.round(random() * (spreadMs / batches)) }),
      );
      tryTo(() => connection.close(1012, 'The node restarts; another one takes over.'));
    }
    await wait(spreadMs / batches);
  }
  while (present().length > 0 && timeLeft > 0) await wait(30);
  const late = present();
  for (const connection of late) tryTo(() => connection.terminate());
  return { polite: everyone.length - late.length, cut: late.length };
}
