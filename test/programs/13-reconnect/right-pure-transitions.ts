// Right, as a pure function from state and event to the next state, and a thin shell that has the timer.
import {
  type Attempt,
  defaultPolicy,
  isRetryable,
  type ReconnectorOptions,
  type ReconnectState,
  type RetryPolicy,
  retryDelay,
} from '../../../solutions/13-reconnect.ts';
import { type Clock, systemClock } from '../../../workbook/clock.ts';

export * from '../../../solutions/13-reconnect.ts';

interface Situation {
  state: ReconnectState;
  failures: number;
  hasNetwork: boolean;
  adviceMs?: number;
}

interface World extends RetryPolicy {
  readonly now: number;
  random: () => number;
  isRetryable: (code: number) => boolean;
}

const wait = (from: Situation, ms: number, { now }: World): Situation => ({
  ...from,
  state: { name: 'waiting', retryAt: now + ms },
});

function afterLoss(before: Situation, code: number, reason: string, world: World): Situation {
  const { failures, adviceMs } = before;
  const from = { ...before, adviceMs: undefined };
  if (!world.isRetryable(code)) return { ...from, state: { name: 'closed', cause: 'refused', code, reason } };
  if (!from.hasNetwork) return { ...from, state: { name: 'offline' } };
  if (failures >= world.maxRetries) return { ...from, state: { name: 'closed', cause: 'gave up' } };
  const drawn =
    code === 1012 || code === 1013
      ? world.pauseMs + world.random() * (world.capMs - world.pauseMs)
      : retryDelay(failures, world, world.random);
  return wait({ ...from, failures: failures + 1 }, adviceMs ?? drawn, world);
}

const isResting = ({ state }: Situation) =>
  state.name === 'offline' || (state.name === 'closed' && state.cause === 'gave up');

export class Reconnector {
  #situation: Situation = { state: { name: 'closed', cause: 'stopped' }, failures: 0, hasNetwork: true };
  readonly #options: ReconnectorOptions;
  readonly #clock: Clock;
  readonly #world: World;
  #current: { end?: () => void } | undefined;
  #timer: unknown;

  constructor(options: ReconnectorOptions) {
    const clock = options.clock ?? systemClock;
    this.#options = options;
    this.#clock = clock;
    this.#world = {
      ...defaultPolicy,
      ...options.policy,
      random: options.random ?? Math.random,
      isRetryable: options.isRetryable ?? isRetryable,
      get now() {
        return clock.now();
      },
    };
  }

  get state(): ReconnectState {
    return this.#situation.state;
  }

  tryNow(): void {
    if (this.state.name === 'connecting' || this.state.name === 'open') return;
    const failures = this.state.name === 'closed' ? 0 : this.#situation.failures;
    this.#move({ ...this.#situation, failures, state: { name: 'connecting' } });
  }

  stop(): void {
    this.#leave();
    this.#move({ ...this.#situation, adviceMs: undefined, state: { name: 'closed', cause: 'stopped' } });
  }

  advise(ms: number): void {
    if (ms >= 0) this.#situation.adviceMs = Math.min(ms, this.#world.maxAdviceMs);
  }

  networkLost(): void {
    this.#situation.hasNetwork = false;
    if (this.state.name === 'waiting') this.#move({ ...this.#situation, state: { name: 'offline' } });
  }

  networkBack(): void {
    this.#situation.hasNetwork = true;
    const world = this.#world;
    if (isResting(this.#situation)) {
      this.#move(wait({ ...this.#situation, failures: 0 }, retryDelay(0, world, world.random), world));
    }
  }

  pageShown(): void {
    if (this.state.name === 'waiting' || isResting(this.#situation)) this.tryNow();
  }

  #leave(): void {
    const end = this.#current?.end;
    this.#current = undefined;
    end?.();
  }

  #lose(code: number, reason: string): void {
    this.#leave();
    this.#move(afterLoss(this.#situation, code, reason, this.#world));
  }

  #move(next: Situation): void {
    const [clock, world] = [this.#clock, this.#world];
    clock.clearTimeout(this.#timer);
    this.#situation = next;
    const { state } = next;
    if (state.name === 'waiting') {
      this.#timer = clock.setTimeout(
        () => this.#move({ ...this.#situation, state: { name: 'connecting' } }),
        state.retryAt - world.now,
      );
    } else if (state.name === 'open') {
      this.#timer = clock.setTimeout(() => {
        this.#situation.failures = 0;
      }, world.stableMs);
    } else if (state.name === 'connecting') {
      this.#timer = clock.setTimeout(() => this.#lose(1006, ''), world.connectTimeoutMs);
    }
    this.#options.onState(state);
    if (state.name === 'connecting') this.#connect();
  }

  #connect(): void {
    const mine: { end?: () => void } = {};
    this.#current = mine;
    const attempt: Attempt = {
      opened: () => {
        if (this.#current !== mine || this.state.name !== 'connecting') return;
        this.#move({ ...this.#situation, state: { name: 'open' } });
      },
      closed: (code, reason = '') => {
        if (this.#current !== mine) return;
        mine.end = undefined;
        this.#lose(code, reason);
      },
    };
    const end = this.#options.connect(attempt);
    if (this.#current === mine) mine.end = end;
  }
}
