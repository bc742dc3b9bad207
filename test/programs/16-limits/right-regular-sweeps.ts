// The limiter goes through all buckets once in a while; addresses are read by the URL parser and joined again.
export * from '../../../solutions/16-limits.ts';

import { isIP } from 'node:net';
import { type Rate, TokenBucket } from '../../../solutions/16-limits.ts';
import { type Clock, systemClock } from '../../../workbook/clock.ts';

export class RateLimiter {
  protected readonly buckets = new Map<string, TokenBucket>();
  protected readonly maxKeys: number;
  readonly #rate: Rate;
  readonly #clock: Clock;
  #sweptAt: number;

  constructor(
    rate: Rate,
    { maxKeys = 10_000, clock = systemClock }: { maxKeys?: number; clock?: Clock } = {},
  ) {
    this.#rate = rate;
    this.maxKeys = maxKeys;
    this.#clock = clock;
    this.#sweptAt = clock.now();
  }

  get size(): number {
    return this.buckets.size;
  }

  waitFor(key: string, tokens = 1): number {
    return (this.buckets.get(key) ?? this.make()).waitFor(tokens);
  }

  take(key: string, tokens = 1): number {
    this.sweep();
    const bucket = this.buckets.get(key) ?? this.make();
    this.use(key, bucket);
    return bucket.take(tokens);
  }

  protected make(): TokenBucket {
    return new TokenBucket(this.#rate, this.#clock);
  }

  protected use(key: string, bucket: TokenBucket): void {
    this.buckets.delete(key);
    if (this.buckets.size >= this.maxKeys) {
      const [oldest] = this.buckets.keys();
      this.buckets.delete(oldest);
    }
    this.buckets.set(key, bucket);
  }

  protected sweep(): void {
    const fillMs = (this.#rate.burst / this.#rate.perSecond) * 1000;
    if (Math.abs(this.#clock.now() - this.#sweptAt) < fillMs) return;
    this.#sweptAt = this.#clock.now();
    for (const [key, bucket] of this.buckets) if (bucket.isFull) this.buckets.delete(key);
  }
}

/** As the URL parser writes it: `2001:db8::1`, and `::ffff:cb00:7107` for a mapped one. */
function spelled(address: string): string {
  const plain = address.replace(/%.*/, '');
  if (isIP(plain) !== 6) return plain;
  const short = new URL(`http://[${plain}]`).hostname.slice(1, -1);
  const mapped = /^::ffff:([\da-f]+):([\da-f]+)$/.exec(short);
  if (!mapped) return short;
  return mapped
    .slice(1)
    .map((group) => Number.parseInt(group, 16))
    .map((group) => `${Math.floor(group / 256)}.${group % 256}`)
    .join('.');
}

export function addressKey(address: string): string {
  const text = spelled(address);
  if (!text.includes(':')) return text;
  const colons = text.split(':').filter((group) => group !== '').length;
  const full = text.replace('::', `:${'0:'.repeat(8 - colons)}`).replace(/^:|:$/g, '');
  return full.split(':').slice(0, 4).join('-');
}

export function clientAddress(peer: string, header: string | undefined, proxies: readonly string[]): string {
  const isOurs = (address: string) => proxies.some((proxy) => spelled(proxy) === spelled(address));
  const from = (address: string, rest: string[]): string => {
    if (!isOurs(address) || rest.length === 0) return address;
    const next = rest[0].replace(/^\[(.*)\](:\d+)?$/, '$1').replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1');
    return isIP(next) === 0 ? address : from(next, rest.slice(1));
  };
  const hops = (header ?? '').split(',').map((hop) => hop.trim());
  return from(peer, hops.filter((hop) => hop !== '').reverse());
}
