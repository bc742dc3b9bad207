import { seededRandom } from '../../../../workbook/seeded-random.ts';
import type { Strategy } from './strategies.ts';

export interface Outage {
  clients: number;
  /** How long the server is down, in ms. All its clients lose it at 0. */
  downMs: number;
  seed: number;
}

export interface Herd {
  /** Tries in each `binMs` from the loss on. */
  bins: Uint32Array;
  /** The largest part of the clients that tries within any 100 ms: 1 for all. It can be more, where some try twice. */
  busiestShare: number;
  /** The same, among the tries that find the server up. */
  busiestBackShare: number;
  /** Tries a client, the last one included. */
  triesEach: number;
  /** When the last client is back, in ms after the server. */
  lastBackMs: number;
}

export const binMs = 10;
/** A server that is down says so after this long: a round trip, in ms. */
const refusal = { least: 20, most: 80 };

/** What a server sees that fails and comes back under so many clients. Clients do not know of one another. */
export function simulate({ wait }: Strategy, { clients, downMs, seed }: Outage): Herd {
  const random = seededRandom(seed);
  // No strategy here waits longer than 30 s.
  const bins = new Uint32Array((downMs + 32_000) / binMs);
  const back = new Uint32Array(bins.length);
  let tries = 0;
  let last = 0;
  for (let client = 0; client < clients; client++) {
    const self = random();
    let previous = 0;
    let at = 0;
    for (let failures = 0; ; failures++) {
      previous = wait(failures, random, previous, self);
      at += previous;
      tries++;
      bins[Math.floor(at / binMs)]++;
      if (at >= downMs) break;
      at += refusal.least + random() * (refusal.most - refusal.least);
    }
    back[Math.floor(at / binMs)]++;
    last = Math.max(last, at);
  }
  return {
    bins,
    busiestShare: busiest(bins) / clients,
    busiestBackShare: busiest(back) / clients,
    triesEach: tries / clients,
    lastBackMs: last - downMs,
  };
}

/** The most in any window of 100 ms. */
function busiest(bins: Uint32Array): number {
  const width = 100 / binMs;
  let sum = 0;
  let most = 0;
  for (let n = 0; n < bins.length; n++) {
    sum += bins[n] - (bins[n - width] ?? 0);
    most = Math.max(most, sum);
  }
  return most;
}
