import type { Scrape } from './scrape.ts';

/** A scrape, and when it was made, in ms of a clock that is never set. */
export interface Reading {
  scrape: Scrape;
  at: number;
}

/** One curve of the page. */
export interface Measure {
  id: string;
  label: string;
  /** Undefined where it cannot be told: a rate needs two readings, a percentile something that happened. */
  read(now: Reading, before: Reading | undefined): number | undefined;
  format(value: number): string;
}

/** How fast a counter rises, a second. One that fell began anew, at 0: its server was restarted. */
export function rate(name: string, now: Reading, before: Reading | undefined): number | undefined {
  const risen = increase(name, now, before);
  return before && risen !== undefined ? risen / ((now.at - before.at) / 1000) : undefined;
}

/** By how much a counter has risen, over all its labels. */
export function increase(
  name: string,
  now: Reading,
  before: Reading | undefined,
  labels?: Record<string, string>,
): number | undefined {
  const value = now.scrape.sum(name, labels);
  const old = before?.scrape.sum(name, labels);
  if (value === undefined || old === undefined) return undefined;
  return value >= old ? value - old : value;
}

/**
 * A quantile, 0 to 1, of what a histogram has counted between two readings. Within a bucket values count as
 * spread evenly, as in Prometheus' `histogram_quantile`; past the last bound it is that bound.
 */
export function quantile(
  name: string,
  share: number,
  now: Reading,
  before: Reading | undefined,
): number | undefined {
  const buckets = [...now.scrape.by(`${name}_bucket`, 'le').keys()].map((le) => ({
    bound: Number(le.replace('Inf', 'Infinity')),
    count: increase(`${name}_bucket`, now, before, { le }) ?? 0,
  }));
  const total = buckets.at(-1)?.count ?? 0;
  if (total === 0) return undefined;
  const rank = share * total;
  const at = buckets.findIndex(({ count }) => count >= rank);
  const below = buckets[at - 1] ?? { bound: 0, count: 0 };
  const { bound, count } = buckets[at];
  if (bound === Number.POSITIVE_INFINITY) return below.bound;
  return below.bound + ((bound - below.bound) * (rank - below.count)) / (count - below.count);
}

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });

const plain = (value: number) => whole.format(value);
const perSecond = (value: number) => `${value < 10 ? short.format(value) : whole.format(value)}/s`;
const milliseconds = (seconds: number) => `${short.format(seconds * 1000)}\u00a0ms`;
const percent = (share: number) => `${whole.format(share * 100)}\u00a0%`;

function bytes(value: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, value)) / 10));
  return `${short.format(value / 1024 ** power)}\u00a0${units[power]}`;
}

const gauge = (name: string) => (now: Reading) => now.scrape.sum(name);
const rateOf = (name: string) => (now: Reading, before: Reading | undefined) => rate(name, now, before);
const p99Of = (name: string) => (now: Reading, before: Reading | undefined) =>
  quantile(name, 0.99, now, before);

/** In the order in which one asks at three in the morning. */
export const measures: readonly Measure[] = [
  { id: 'connections', label: 'Connections', read: gauge('chat_connections'), format: plain },
  { id: 'stored', label: 'Messages stored', read: rateOf('chat_messages_total'), format: perSecond },
  { id: 'deliveries', label: 'Deliveries', read: rateOf('chat_sent_messages_total'), format: perSecond },
  { id: 'queue', label: 'Waiting to be sent', read: gauge('chat_queue_bytes'), format: bytes },
  {
    id: 'delivery-lag',
    label: 'Delivery lag, p99',
    read: p99Of('chat_delivery_lag_seconds'),
    format: milliseconds,
  },
  {
    id: 'loop-lag',
    label: 'Event-loop lag, p99',
    read: p99Of('chat_event_loop_lag_seconds'),
    format: milliseconds,
  },
  { id: 'cpu', label: 'CPU, of one core', read: rateOf('process_cpu_seconds_total'), format: percent },
  { id: 'memory', label: 'Memory', read: gauge('process_resident_memory_bytes'), format: bytes },
];

/** What a close code says, in a word or two. */
export const closeMeanings: Record<string, string> = {
  '1000': 'normal',
  '1001': 'going away: a page was left, a server stops',
  '1002': 'protocol error',
  '1003': 'unsupported data',
  '1005': 'closed without a code',
  '1006': 'no Close frame: the network, a crash, a kill',
  '1007': 'not UTF-8',
  '1008': 'not authenticated, or not allowed',
  '1009': 'message too big',
  '1010': 'an extension was missing',
  '1011': 'our fault',
  '1012': 'restart',
  '1013': 'too slow, or too many',
  '1014': 'bad gateway',
  other: 'a code of the client’s own',
};
