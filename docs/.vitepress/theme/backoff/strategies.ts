import { retryDelay } from '#labs/13-reconnect';

/** How a client chooses its waits. */
export interface Strategy {
  name: string;
  /** What it does, in a few words. */
  how: string;
  /**
   * The wait before a retry, in ms. `failures` counts from 0; `previous` is the wait before, 0 at first. `self` is
   * a number from 0 to 1 that the client has drawn once for all.
   */
  wait(failures: number, random: () => number, previous: number, self: number): number;
}

const firstMs = 1_000;
const capMs = 30_000;

/** Phoenix' channels client, phoenix 1.8, `reconnectAfterMs` in assets/js/phoenix/socket.js. */
const phoenixSteps = [10, 50, 100, 150, 200, 250, 500, 1_000, 2_000];

export const strategies: readonly Strategy[] = [
  { name: 'none', how: 'tries again at once', wait: () => 0 },
  { name: 'fixed', how: '1 s, always', wait: () => firstMs },
  {
    name: 'exponential, no jitter',
    how: '1, 2, 4 … 30 s',
    wait: (failures) => Math.min(capMs, firstMs * 2 ** failures),
  },
  {
    // Phoenix counts its tries from 1.
    name: 'Phoenix',
    how: 'steps from 10 ms to 5 s, no jitter',
    wait: (failures) => phoenixSteps[failures] ?? 5_000,
  },
  {
    // socket.io-client 4, lib/contrib/backo2.ts, with the defaults of lib/manager.ts.
    name: 'Socket.IO',
    how: '1, 2, 4 s ± half, then cut to 5 s',
    wait(failures, random) {
      const ms = 1_000 * 2 ** failures;
      const drawn = random();
      const deviation = Math.floor(drawn * 0.5 * ms);
      const isShorter = (Math.floor(drawn * 10) & 1) === 0;
      return Math.min(isShorter ? ms - deviation : ms + deviation, 5_000);
    },
  },
  {
    // partysocket 1 and reconnecting-websocket 4: the first wait is drawn once, when the page loads the library.
    name: 'partysocket, reconnecting-websocket',
    how: '1 to 5 s, drawn once a page, × 1.3 up to 10 s',
    wait: (failures, _random, _previous, self) => Math.min(10_000, (1_000 + 4_000 * self) * 1.3 ** failures),
  },
  {
    // Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
    name: 'decorrelated jitter',
    how: 'from 1 s to three times the last wait, at most 30 s',
    wait(_failures, random, previous) {
      const longest = 3 * Math.max(previous, firstMs);
      return Math.min(capMs, firstMs + random() * (longest - firstMs));
    },
  },
  {
    name: 'full jitter inside the cap (lab 13)',
    how: '0 to 5, 10, 20, 30 s',
    wait: (failures, random) => retryDelay(failures, undefined, random),
  },
];
