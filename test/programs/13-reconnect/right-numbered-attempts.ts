// Right, with a number for each attempt instead of an object to compare, and a timer of its own for each purpose.
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

export class Reconnector {
  state: ReconnectState = { name: 'closed', cause: 'stopped' };
  readonly #options: ReconnectorOptions;
  readonly #policy: RetryPolicy;
  readonly #clock: Clock;
  readonly #random: () => number;
  #turn = 0;
  #end = () => {};
  #failures = 0;
  #advice = Number.NaN;
  #online = true;
  #timers: { connect?: unknown; stable?: unknown; retry?: unknown } = {};

  constructor(options: ReconnectorOptions) {
    this.#options = options;
    this.#policy = { ...defaultPolicy, ...options.policy };
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? Math.random;
  }

  tryNow(): void {
    const { name } = this.state;
    if (name === 'connecting' || name === 'open') return;
    if (name === 'closed') this.#failures = 0;
    this.#begin();
  }

  stop(): void {
    this.#turn++;
    this.#advice = Number.NaN;
    this.#end();
    this.#end = () => {};
    this.#become({ name: 'closed', cause: 'stopped' });
  }

  advise(ms: number): void {
    if (Number.isNaN(ms) || ms < 0) return;
    this.#advice = Math.min(ms, this.#policy.maxAdviceMs);
  }

  networkLost(): void {
    this.#online = false;
    if (this.state.name === 'waiting') this.#become({ name: 'offline' });
  }

  networkBack(): void {
    this.#online = true;
    const { state } = this;
    if (state.name === 'offline' || (state.name === 'closed' && state.cause === 'gave up')) {
      this.#failures = 0;
      this.#waitFor(retryDelay(0, this.#policy, this.#random));
    }
  }

  pageShown(): void {
    const { state } = this;
    if (state.name === 'closed' && state.cause !== 'gave up') return;
    this.tryNow();
  }

  #begin(): void {
    const turn = ++this.#turn;
    this.#become({ name: 'connecting' });
    this.#timers.connect = this.#clock.setTimeout(() => {
      this.#turn++;
      this.#end();
      this.#end = () => {};
      this.#lose(1006);
    }, this.#policy.connectTimeoutMs);
    const end = this.#options.connect({
      opened: () => turn === this.#turn && this.state.name === 'connecting' && this.#opened(),
      closed: (code, reason) => {
        if (turn !== this.#turn) return;
        this.#turn++;
        this.#end = () => {};
        this.#lose(code, reason);
      },
    } satisfies Attempt);
    if (turn === this.#turn) this.#end = end;
  }

  #opened(): void {
    this.#become({ name: 'open' });
    this.#timers.stable = this.#clock.setTimeout(() => {
      this.#failures = 0;
    }, this.#policy.stableMs);
  }

  #lose(code: number, reason = ''): void {
    const advice = this.#advice;
    this.#advice = Number.NaN;
    if (!(this.#options.isRetryable ?? isRetryable)(code)) {
      this.#become({ name: 'closed', cause: 'refused', code, reason });
      return;
    }
    if (!this.#online) {
      this.#become({ name: 'offline' });
      return;
    }
    if (this.#failures === this.#policy.maxRetries) {
      this.#become({ name: 'closed', cause: 'gave up' });
      return;
    }
    const { pauseMs, capMs } = this.#policy;
    const asked = code === 1012 || code === 1013;
    const drawn = asked
      ? capMs - this.#random() * (capMs - pauseMs)
      : retryDelay(this.#failures, this.#policy, this.#random);
    this.#failures++;
    this.#waitFor(Number.isNaN(advice) ? drawn : advice);
  }

  #waitFor(ms: number): void {
    this.#become({ name: 'waiting', retryAt: this.#clock.now() + ms });
    this.#timers.retry = this.#clock.setTimeout(() => this.#begin(), ms);
  }

  #become(state: ReconnectState): void {
    for (const timer of Object.values(this.#timers)) this.#clock.clearTimeout(timer);
    this.#timers = {};
    this.state = state;
    this.#options.onState(state);
  }
}
