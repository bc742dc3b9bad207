// Tells prom-client of every message as it comes: slower, and as right.
export * from '../../../solutions/19-monitoring.ts';

import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { ErrorCode, User } from '#labs/10-protocol';
import {
  type ConnectionStats,
  createLogger,
  type Gauges,
  type Logger,
  type MonitorOptions,
  type Queue,
  type ReceivedType,
} from '../../../solutions/19-monitoring.ts';
import { type Clock, systemClock } from '../../../workbook/clock.ts';

const types = ['auth', 'join', 'leave', 'chat', 'direct', 'ping', 'unreadable'];
const errors = [
  'bad_message',
  'unauthenticated',
  'forbidden',
  'not_in_room',
  'unknown_user',
  'too_large',
  'rate_limited',
];
const codes = [1000, 1001, 1002, 1003, 1005, 1006, 1007, 1008, 1009, 1011, 1012, 1013];
const statuses = [400, 403, 404, 405, 426, 429, 431, 501, 503];

export class ConnectionMonitor {
  readonly id: string = randomUUID();
  protected readonly monitor: Monitor;
  protected readonly queue: Queue;
  protected readonly address: string;
  protected readonly openedAt: number;
  protected readonly begun = performance.now();
  protected user: User | undefined;
  protected receivedMessages = 0;
  protected receivedBytes = 0;
  protected sentMessages = 0;
  protected sentBytes = 0;
  protected refusals = 0;

  constructor(monitor: Monitor, address: string, queue: Queue) {
    this.monitor = monitor;
    this.address = address;
    this.queue = queue;
    this.openedAt = monitor.clock.now();
  }

  get queueBytes(): number {
    return this.queue.bufferedAmount;
  }

  identified(user: User): void {
    this.user = user;
    this.monitor.log.debug({ connection: this.id, user: user.id }, 'identified');
  }

  received(type: ReceivedType, bytes: number): void {
    this.receivedMessages++;
    this.receivedBytes += bytes;
    this.monitor.received.inc({ type });
    this.monitor.receivedBytes.inc(bytes);
  }

  sent(bytes: number): void {
    this.sentMessages++;
    this.sentBytes += bytes;
    this.monitor.sent.inc();
    this.monitor.sentBytes.inc(bytes);
  }

  refused(code: ErrorCode): void {
    this.refusals++;
    this.monitor.errors.inc({ code });
    this.monitor.log.debug({ connection: this.id, code }, 'refused');
  }

  closed(code: number): void {
    if (!this.monitor.forget(this)) return;
    this.monitor.closes.inc({ code: this.monitor.closeLabel(code) });
    this.logClosed(code);
  }

  protected logClosed(code: number): void {
    const { user, queueBytes: _, openedAt: __, id, ...rest } = this.stats();
    const line = { ...rest, connection: id, user: user?.id, code, durationMs: this.durationMs() };
    this.monitor.log.info(line, 'closed');
  }

  protected durationMs(): number {
    return performance.now() - this.begun;
  }

  stats(): ConnectionStats {
    return {
      id: this.id,
      address: this.address,
      user: this.user,
      openedAt: this.openedAt,
      receivedMessages: this.receivedMessages,
      receivedBytes: this.receivedBytes,
      sentMessages: this.sentMessages,
      sentBytes: this.sentBytes,
      queueBytes: this.queueBytes,
      refusals: this.refusals,
    };
  }
}

export class Monitor {
  readonly registry = this.makeRegistry();
  readonly open = new Set<ConnectionMonitor>();
  readonly log: Logger;
  readonly clock: Clock;
  protected readonly gauges: Gauges;
  readonly received = this.counter('chat_received_messages_total', 'type', types);
  readonly receivedBytes = this.counter('chat_received_bytes_total');
  readonly sent = this.counter('chat_sent_messages_total');
  readonly sentBytes = this.counter('chat_sent_bytes_total');
  readonly errors = this.counter('chat_errors_total', 'code', errors);
  readonly closes = this.counter('chat_closes_total', 'code', codes);
  protected readonly refusedHandshakes = this.counter('chat_handshakes_refused_total', 'status', statuses);
  protected readonly resumes = this.counter('chat_resumes_total', 'result', ['hit', 'miss']);
  protected readonly messages = this.counter('chat_messages_total');
  protected readonly deliveryLag = this.histogram('chat_delivery_lag_seconds');
  protected readonly loopLag = this.histogram('chat_event_loop_lag_seconds');
  protected timer: NodeJS.Timeout | undefined;

  constructor({
    log = createLogger({ level: 'silent' }),
    clock = systemClock,
    gauges = { rooms: () => 0, isUp: () => true },
  }: MonitorOptions = {}) {
    this.log = log;
    this.clock = clock;
    this.gauges = gauges;
    this.gauge('chat_connections', () => this.open.size);
    this.gauge('chat_rooms', () => this.gauges.rooms());
    this.gauge('chat_backplane_up', () => (this.gauges.isUp() ? 1 : 0));
    this.gauge('chat_queue_bytes', () => this.queueBytes());
    this.gauge('process_resident_memory_bytes', () => process.memoryUsage().rss);
    this.gauge('process_start_time_seconds', () => Date.now() / 1000 - process.uptime());
    this.gauge('nodejs_heap_size_used_bytes', () => process.memoryUsage().heapUsed);
    this.gauge('nodejs_external_memory_bytes', () => process.memoryUsage().external);
    this.readCounter('process_cpu_seconds_total', () => this.cpuSeconds());
    this.readCounter(
      'chat_event_loop_active_seconds_total',
      () => performance.eventLoopUtilization().active / 1000,
    );
    this.startTicks();
  }

  protected cpuSeconds(): number {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  }

  protected makeRegistry(): Registry {
    return new Registry();
  }

  protected startTicks(): void {
    let last = performance.now();
    this.timer = setInterval(() => {
      const now = performance.now();
      this.observeTick(now - last);
      last = now;
    }, 20);
    this.timer.unref?.();
  }

  protected observeTick(sinceLastMs: number): void {
    this.loopLag.observe(Math.max(0, sinceLastMs - 20) / 1000);
  }

  opened(address: string, queue: Queue): ConnectionMonitor {
    const connection = this.makeConnection(address, queue);
    this.open.add(connection);
    this.log.debug({ connection: connection.id, address }, 'opened');
    return connection;
  }

  protected makeConnection(address: string, queue: Queue): ConnectionMonitor {
    return new ConnectionMonitor(this, address, queue);
  }

  forget(connection: ConnectionMonitor): boolean {
    return this.open.delete(connection);
  }

  closeLabel(code: number): string | number {
    return codes.includes(code) ? code : 'other';
  }

  protected statusLabel(status: number): string | number {
    return statuses.includes(status) ? status : 'other';
  }

  protected queueBytes(): number {
    return [...this.open].reduce((sum, { queueBytes }) => sum + queueBytes, 0);
  }

  stored(): void {
    this.messages.inc();
  }

  delivered(lagMs: number): void {
    this.deliveryLag.observe(Math.max(lagMs, 0) / 1000);
  }

  resumed(hit: boolean): void {
    this.resumes.inc({ result: hit ? 'hit' : 'miss' });
  }

  refusedHandshake(status: number): void {
    this.refusedHandshakes.inc({ status: this.statusLabel(status) });
  }

  connections(): ConnectionStats[] {
    return [...this.open].map((connection) => connection.stats());
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  async render(): Promise<string> {
    return await this.registry.metrics();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  protected counter(name: string, label?: string, values: (string | number)[] = []): Counter {
    const labelNames = label ? [label] : [];
    const counter: Counter = new Counter({ name, help: name, labelNames, registers: [this.registry] });
    if (label) for (const value of this.knownBeforehand(values)) counter.inc({ [label]: value }, 0);
    return counter;
  }

  protected knownBeforehand(values: (string | number)[]): (string | number)[] {
    return values;
  }

  protected gauge(name: string, read: () => number): void {
    const gauge: Gauge = new Gauge({
      name,
      help: name,
      registers: [this.registry],
      collect: () => gauge.set(read()),
    });
  }

  protected readCounter(name: string, read: () => number): void {
    const counter: Counter = new Counter({
      name,
      help: name,
      registers: [this.registry],
      collect() {
        counter.reset();
        counter.inc(read());
      },
    });
  }

  protected histogram(name: string): Histogram {
    const buckets = [0.005, 0.025, 0.05, 0.1, 0.5, 1, 2.5, 10];
    return new Histogram({ name, help: name, buckets, registers: [this.registry] });
  }
}
