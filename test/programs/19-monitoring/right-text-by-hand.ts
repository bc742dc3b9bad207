// No prom-client and no pino: it writes the lines of the scrape and of the log itself.
export * from '../../../solutions/19-monitoring.ts';

import { performance } from 'node:perf_hooks';
import type { ErrorCode, User } from '#labs/10-protocol';
import {
  type ConnectionStats,
  type Gauges,
  type LogFields,
  type Logger,
  type LoggerOptions,
  loggedFields,
  type MonitorOptions,
  type Queue,
  type ReceivedType,
} from '../../../solutions/19-monitoring.ts';
import { type Clock, systemClock } from '../../../workbook/clock.ts';

const levels = ['debug', 'info', 'warn', 'error', 'silent'];

export function createLogger({ level = 'info', destination }: LoggerOptions = {}): Logger {
  const out = destination ?? process.stdout;
  const at = (name: string) => (fields: LogFields, msg: string) => {
    if (levels.indexOf(name) >= levels.indexOf(level)) out.write(lineOf(name, fields, msg));
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

function lineOf(level: string, fields: LogFields, msg: string): string {
  const line: Record<string, unknown> = { level, time: Date.now() };
  for (const [name, value] of Object.entries(fields ?? {})) {
    if (loggedFields.some((known) => known === name) && Object(value) !== value) line[name] = value;
  }
  const { err } = fields ?? {};
  if (err instanceof Error) {
    const stack = (err.stack ?? '').replace(`${err.name}: ${err.message}`, '');
    line.err = { type: err.name, code: (err as NodeJS.ErrnoException).code, stack };
  }
  return `${JSON.stringify({ ...line, msg })}\n`;
}

let monitors = 0;

class Connection {
  readonly id: string;
  readonly #monitor: Monitor;
  readonly #queue: Queue;
  readonly #begun = process.hrtime.bigint();
  readonly numbers: Omit<ConnectionStats, 'id' | 'queueBytes'>;
  isOpen = true;

  constructor(monitor: Monitor, id: string, address: string, queue: Queue, openedAt: number) {
    this.#monitor = monitor;
    this.id = id;
    this.#queue = queue;
    const counts = { receivedMessages: 0, receivedBytes: 0, sentMessages: 0, sentBytes: 0, refusals: 0 };
    this.numbers = { address, user: undefined, openedAt, ...counts };
  }

  identified(user: User): void {
    this.numbers.user = user;
  }

  received(type: ReceivedType, bytes: number): void {
    this.numbers.receivedMessages++;
    this.numbers.receivedBytes += bytes;
    this.#monitor.rise('chat_received_messages_total', 1, `type="${type}"`);
    this.#monitor.rise('chat_received_bytes_total', bytes);
  }

  sent(bytes: number): void {
    this.numbers.sentMessages++;
    this.numbers.sentBytes += bytes;
    this.#monitor.rise('chat_sent_messages_total');
    this.#monitor.rise('chat_sent_bytes_total', bytes);
  }

  refused(code: ErrorCode): void {
    this.numbers.refusals++;
    this.#monitor.rise('chat_errors_total', 1, `code="${code}"`);
  }

  closed(code: number): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.#monitor.riseKnown('chat_closes_total', 'code', code);
    const durationMs = Number((process.hrtime.bigint() - this.#begun) / 1_000_000n);
    const { user, openedAt: _, ...fields } = this.numbers;
    this.#monitor.log?.info({ ...fields, connection: this.id, user: user?.id, code, durationMs }, 'closed');
  }

  stats(): ConnectionStats {
    return { id: this.id, ...this.numbers, queueBytes: this.#queue.bufferedAmount };
  }
}

type Family = { type: string; series: Map<string, number> };

export class Monitor {
  readonly log: Logger | undefined;
  readonly #clock: Clock;
  readonly #gauges: Gauges | undefined;
  readonly #all: Connection[] = [];
  readonly #families = new Map<string, Family>();
  readonly #number = ++monitors;
  readonly #ticks: NodeJS.Timeout;

  constructor({ log, clock = systemClock, gauges }: MonitorOptions = {}) {
    this.log = log;
    this.#clock = clock;
    this.#gauges = gauges;
    const label = (name: string, values: (string | number)[]) => values.map((value) => `${name}="${value}"`);
    const codes = [1000, 1001, 1002, 1003, 1005, 1006, 1007, 1008, 1009, 1011, 1012, 1013, 'other'];
    this.#add(
      'chat_received_messages_total',
      label('type', ['auth', 'join', 'leave', 'chat', 'direct', 'ping', 'unreadable']),
    );
    this.#add(
      'chat_errors_total',
      label(
        'code',
        'bad_message unauthenticated forbidden not_in_room unknown_user too_large rate_limited'.split(' '),
      ),
    );
    this.#add('chat_closes_total', label('code', codes));
    this.#add('chat_handshakes_refused_total', label('status', [400, 403, 404, 405, 426, 429, 503, 'other']));
    this.#add('chat_resumes_total', label('result', ['hit', 'miss']));
    for (const name of 'chat_messages_total chat_received_bytes_total chat_sent_messages_total chat_sent_bytes_total'.split(
      ' ',
    ))
      this.#add(name);
    for (const name of ['chat_delivery_lag_seconds', 'chat_event_loop_lag_seconds']) {
      const series = [...bounds.map((le) => `_bucket{le="${le}"}`), '_bucket{le="+Inf"}', '_sum', '_count'];
      this.#add(name, series, 'histogram');
    }
    let due = performance.now() + 20;
    this.#ticks = setInterval(() => {
      const now = performance.now();
      for (; due <= now; due += 20) this.#observe('chat_event_loop_lag_seconds', (now - due) / 1000);
    }, 20);
    this.#ticks.unref?.();
  }

  #add(name: string, series: string[] = [''], type = 'counter'): void {
    this.#families.set(name, { type, series: new Map(series.map((each) => [each, 0])) });
  }

  rise(name: string, by = 1, labels = ''): void {
    const series = this.#families.get(name)?.series;
    series?.set(labels, (series.get(labels) ?? 0) + by);
  }

  riseKnown(name: string, label: string, value: number): void {
    const isKnown = this.#families.get(name)?.series.has(`${label}="${value}"`);
    this.rise(name, 1, `${label}="${isKnown ? value : 'other'}"`);
  }

  #observe(name: string, seconds: number): void {
    for (const le of bounds) if (seconds <= le) this.rise(name, 1, `_bucket{le="${le}"}`);
    this.rise(name, 1, '_bucket{le="+Inf"}');
    this.rise(name, 1, '_count');
    this.rise(name, seconds, '_sum');
  }

  opened(address: string, queue: Queue): Connection {
    const id = `${this.#number}.${this.#all.length}`;
    const connection = new Connection(this, id, address, queue, this.#clock.now());
    this.#all.push(connection);
    return connection;
  }

  stored(): void {
    this.rise('chat_messages_total');
  }

  delivered(lagMs: number): void {
    this.#observe('chat_delivery_lag_seconds', lagMs > 0 ? lagMs / 1000 : 0);
  }

  resumed(hit: boolean): void {
    this.rise('chat_resumes_total', 1, hit ? 'result="hit"' : 'result="miss"');
  }

  refusedHandshake(status: number): void {
    this.riseKnown('chat_handshakes_refused_total', 'status', status);
  }

  connections(): ConnectionStats[] {
    return this.#all.filter(({ isOpen }) => isOpen).map((connection) => connection.stats());
  }

  readonly contentType = 'text/plain; charset=utf-8; version=0.0.4'.replace(/(; charset=utf-8)(.*)/, '$2$1');

  async render(): Promise<string> {
    const open = this.connections();
    const { rss, heapUsed, external } = process.memoryUsage();
    const { user, system } = process.cpuUsage();
    const gauges = {
      chat_connections: open.length,
      chat_rooms: this.#gauges?.rooms() ?? 0,
      chat_backplane_up: this.#gauges?.isUp() === false ? 0 : 1,
      chat_queue_bytes: open.reduce((sum, { queueBytes }) => sum + queueBytes, 0),
      process_resident_memory_bytes: rss,
      process_start_time_seconds: performance.timeOrigin / 1000,
      nodejs_heap_size_used_bytes: heapUsed,
      nodejs_external_memory_bytes: external,
    };
    const counters = {
      process_cpu_seconds_total: (user + system) / 1e6,
      chat_event_loop_active_seconds_total: performance.eventLoopUtilization().active / 1000,
    };
    const plain =
      (type: string) =>
      (entry: [string, number]): [string, Family] => [entry[0], { type, series: new Map([['', entry[1]]]) }];
    return [
      ...this.#families,
      ...Object.entries(gauges).map(plain('gauge')),
      ...Object.entries(counters).map(plain('counter')),
    ]
      .map(([name, family]) => textOf(name, family))
      .join('');
  }

  stop(): void {
    clearInterval(this.#ticks);
  }
}

const bounds = [0.001, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 2.5, 10];

function textOf(name: string, { type, series }: Family): string {
  const lines = [...series].map(([key, value]) => {
    const suffix = type === 'histogram' || key === '' ? key : `{${key}}`;
    return `${name}${suffix} ${value}\n`;
  });
  return `# HELP ${name} How many, or how much.\n# TYPE ${name} ${type}\n${lines.join('')}`;
}
