// Right, with all timers set at the start, and a 53-bit hash of key and node together.
import type { DrainOptions, DrainReport, Leaving } from '../../../solutions/18-balancing.ts';
import { systemClock } from '../../../workbook/clock.ts';

export * from '../../../solutions/18-balancing.ts';

/** Two lanes of 32 bits, each mixed at its end. */
function weigh(text: string): number {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let at = 0; at < text.length; at++) {
    high = Math.imul(high ^ text.charCodeAt(at), 0x9e3779b1);
    low = Math.imul(low ^ text.charCodeAt(at), 0x5f356495);
  }
  high = Math.imul(high ^ (high >>> 16), 0x85ebca6b) ^ Math.imul(low ^ (low >>> 13), 0xc2b2ae35);
  low = Math.imul(low ^ (low >>> 16), 0x85ebca6b) ^ Math.imul(high ^ (high >>> 13), 0xc2b2ae35);
  return 2 ** 21 * (high >>> 0) + (low >>> 11);
}

export function rank(key: string, nodes: readonly string[]): string[] {
  const byWeight = new Map(nodes.map((node) => [node, weigh(`${key.length} ${key} ${node}`)]));
  return [...nodes].sort((a, b) => (byWeight.get(b) ?? 0) - (byWeight.get(a) ?? 0) || (a < b ? 1 : -1));
}

export function drain(connections: ReadonlySet<Leaving>, options: DrainOptions): Promise<DrainReport> {
  const { spreadMs, batches, deadlineMs, clock = systemClock, random = Math.random } = options;
  const everyone = [...connections];
  const intervalMs = spreadMs / batches;
  const attempt = (act: () => void) => {
    try {
      act();
    } catch {}
  };
  return new Promise((resolve) => {
    let watch: unknown;
    let deadline: unknown;
    const timers: unknown[] = [];
    const endIfOver = (): boolean => {
      if (connections.size > 0) return false;
      for (const timer of [...timers, watch, deadline]) clock.clearTimeout(timer);
      resolve({ polite: everyone.length, cut: 0 });
      return true;
    };
    const look = () => {
      if (!endIfOver()) watch = clock.setTimeout(look, 100);
    };
    const sendAway = (batch: number) => {
      for (const [place, connection] of everyone.entries()) {
        if (place % batches !== batch || !connections.has(connection)) continue;
        attempt(() => connection.tell({ type: 'drain', reconnectInMs: random() * intervalMs }));
        attempt(() => connection.close(1012, ''));
      }
    };
    if (endIfOver()) return;
    sendAway(0);
    for (let batch = 1; batch < batches; batch++) {
      timers.push(clock.setTimeout(() => sendAway(batch), batch * intervalMs));
    }
    deadline = clock.setTimeout(() => {
      for (const timer of [...timers, watch]) clock.clearTimeout(timer);
      const left = [...connections];
      for (const connection of left) attempt(() => connection.terminate());
      resolve({ polite: everyone.length - left.length, cut: left.length });
    }, deadlineMs);
    look();
  });
}
