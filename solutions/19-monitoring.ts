import { randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { type DestinationStream, pino } from 'pino';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { ClientMessage, ErrorCode, User } from '#labs/10-protocol';
import { type Clock, systemClock } from '../workbook/clock.ts';

// #region logged-fields
/**
 * The only fields a log line may have beside pino's own (`level`, `time`, `pid`, `hostname`, `msg`). A list of
 * what is secret is never complete; a list of what is known to be harmless is. There is no name, no URL, no
 * header, no room and no content in it.
 */
export const loggedFields = [
  'connection',
  'address',
  /** A user's id. */
  'user',
  /** A close code, or the code of an `error`. */
  'code',
  'durationMs',
  'receivedMessages',
  'receivedBytes',
  'sentMessages',
  'sentBytes',
  'refusals',
  'node',
  'port',
  'backplane',
  'isUp',
  'signal',
  'polite',
  'cut',
] as const;
// #endregion logged-fields

/** What a line may say. The compiler refuses another field, and where it cannot see one, the logger drops it. */
export type LogFields = { [Field in (typeof loggedFields)[number]]?: string | number | boolean } & {
  err?: unknown;
};

/** The text is a constant: `log.info({ connection }, 'closed')`. */
export interface Logger {
  debug(fields: LogFields, text: string): void;
  info(fields: LogFields, text: string): void;
  warn(fields: LogFields, text: string): void;
  error(fields: LogFields, text: string): void;
}

export interface LoggerOptions {
  /** The least that is written: `debug`, `info`, `warn`, `error` or `silent`. Default: `info`. */
  level?: string;
  /** Where the lines go. Default: standard output. */
  destination?: DestinationStream;
}

// #region logger
/**
 * One line of JSON an event. Of the fields given, those in `loggedFields` are written whose values are text,
 * numbers or booleans; all others are dropped. An error in `err` is written as its `type`, its `code` and where
 * it was thrown (`stack`, without the message): the message may quote what a client sent, as that of `JSON.parse`
 * does. Nothing is put into the text: no `%s`.
 */
export function createLogger({
  level = 'info',
  destination = pino.destination(1),
}: LoggerOptions = {}): Logger {
  // #region solution: pino with a hook, `logMethod`, through which every call goes: keep the fields of the list, and the text as it is
  return pino(
    {
      level,
      hooks: {
        logMethod([fields, text], log) {
          log.call(this, harmless(fields as LogFields), text ?? '');
        },
      },
    },
    destination,
  );
  // #endregion
}
// #endregion logger

// #region solution: helpers of your own, if you like
// #region harmless
function harmless(fields: LogFields): LogFields {
  const kept: LogFields = {};
  for (const name of loggedFields) {
    const value = fields[name];
    if (['string', 'number', 'boolean'].includes(typeof value)) kept[name] = value;
  }
  if (fields.err instanceof Error) kept.err = whereFrom(fields.err);
  return kept;
}

/** A stack begins with the message, as many lines as that has. */
function whereFrom({ name, message, code, stack = '' }: NodeJS.ErrnoException): object {
  const frames = stack.split('\n').slice(message.split('\n').length);
  return { type: name, code, stack: frames.join('\n') };
}
// #endregion harmless
// #endregion

/** A connection as an operator sees it. Times are in ms since 1970, sizes in bytes of messages, without frame headers. */
export interface ConnectionStats {
  /** That of the logs. */
  id: string;
  address: string;
  /** Undefined until it is authenticated. */
  user?: User;
  openedAt: number;
  receivedMessages: number;
  receivedBytes: number;
  sentMessages: number;
  sentBytes: number;
  /** What waits to be sent. */
  queueBytes: number;
  /** How many of its messages were answered with `error`. */
  refusals: number;
}

/** The part of a WebSocket that is looked at: as in `ws` and lab 06. */
export interface Queue {
  /** Bytes given to send that the operating system has not taken yet. */
  readonly bufferedAmount: number;
}

/** What is read at each scrape from the server's other parts. */
export interface Gauges {
  /** Rooms with somebody in them, on this node. */
  rooms(): number;
  /** Whether the backplane can be reached. */
  isUp(): boolean;
}

export interface MonitorOptions {
  /** Default: nothing is logged. */
  log?: Logger;
  /** For `openedAt`; durations are measured on a clock that nobody sets. */
  clock?: Clock;
  /** Default: no rooms, and a backplane that is up. */
  gauges?: Gauges;
}

/** What a client's message counts as; `unreadable` is one that `parseClientMessage` refuses. */
export type ReceivedType = ClientMessage['type'] | 'unreadable';

// #region solution: what you count, in plain numbers: the values of each label, all known beforehand, and what the connections of a monitor share
// #region labels
/** Each value of a label is a time series that Prometheus keeps. All begin at 0, so that a first rise is seen. */
const receivedTypes: Record<ReceivedType, number> = {
  auth: 0,
  join: 0,
  leave: 0,
  chat: 0,
  direct: 0,
  ping: 0,
  unreadable: 0,
};

const errorCodes: Record<ErrorCode, number> = {
  bad_message: 0,
  unauthenticated: 0,
  forbidden: 0,
  not_in_room: 0,
  unknown_user: 0,
  too_large: 0,
  rate_limited: 0,
};

/** Those with a meaning (RFC 6455 §7.4.1 and IANA's list). A client may send 2,000 others: they are one. */
const closeCodes = [1000, 1001, 1002, 1003, 1005, 1006, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014];

/** How an upgrade is refused (RFC 9110 §15.5 and §15.6, RFC 6585). */
const refusalStatuses = [400, 401, 403, 404, 405, 426, 429, 431, 500, 501, 503];

type Tally = Record<string, number>;

function tallyOf(values: readonly number[]): Tally {
  return Object.fromEntries([...values, 'other'].map((value) => [value, 0]));
}

function add(tally: Tally, value: number): void {
  tally[value in tally ? value : 'other']++;
}
// #endregion labels

// #region totals
/** What the connections of a monitor share. Counting is adding to a number; nothing is made of it until somebody asks. */
class Totals {
  readonly log: Logger;
  readonly clock: Clock;
  /** Begins each connection's id: the logs of all nodes, and of all their lives, can be put together. */
  readonly prefix = randomBytes(4).toString('hex');
  readonly open = new Set<ConnectionMonitor>();
  opened = 0;
  readonly received = { ...receivedTypes };
  receivedBytes = 0;
  sentMessages = 0;
  sentBytes = 0;
  stored = 0;
  readonly errors = { ...errorCodes };
  readonly resumes = { hit: 0, miss: 0 };
  readonly closes = tallyOf(closeCodes);
  readonly refusedHandshakes = tallyOf(refusalStatuses);

  constructor(log: Logger, clock: Clock) {
    this.log = log;
    this.clock = clock;
  }
}
// #endregion totals
// #endregion

/** What is known of one connection, from its handshake to its end. A few numbers: there may be 100,000 of these. */
export class ConnectionMonitor {
  // #region solution: the numbers, who it is, and a constructor: nothing that all connections could share
  // #region connection
  readonly #totals: Totals;
  readonly #number: number;
  readonly #address: string;
  readonly #queue: Queue;
  readonly #openedAt: number;
  /** Of a clock that nobody sets: it is for the duration. */
  readonly #startedAt = performance.now();
  #user: User | undefined;
  #receivedMessages = 0;
  #receivedBytes = 0;
  #sentMessages = 0;
  #sentBytes = 0;
  #refusals = 0;

  constructor(totals: Totals, address: string, queue: Queue) {
    this.#totals = totals;
    this.#number = ++totals.opened;
    this.#address = address;
    this.#queue = queue;
    this.#openedAt = totals.clock.now();
    totals.open.add(this);
    totals.log.debug({ connection: this.id, address }, 'opened');
  }

  get queueBytes(): number {
    return this.#queue.bufferedAmount;
  }
  // #endregion connection
  // #endregion

  /** Names it in the logs and for operators. No two connections share one, on any node, before or after a restart. */
  get id(): string {
    // #region solution: a random beginning for each monitor, and a number
    return `${this.#totals.prefix}-${this.#number}`;
    // #endregion
  }

  /** It is authenticated. */
  identified(user: User): void {
    // #region solution: remember who it is; log the id, never the name
    this.#user = user;
    this.#totals.log.debug({ connection: this.id, user: user.id }, 'identified');
    // #endregion
  }

  // #region counting
  /** A message came, of so many bytes. */
  received(type: ReceivedType, bytes: number): void {
    // #region solution: add to the connection's numbers and to the sums; this runs for every message
    const totals = this.#totals;
    this.#receivedMessages++;
    this.#receivedBytes += bytes;
    totals.received[type]++;
    totals.receivedBytes += bytes;
    // #endregion
  }

  /** A message was handed to the socket, of so many bytes: once for each recipient of a broadcast. */
  sent(bytes: number): void {
    // #region solution: as received; this runs for every recipient of every message
    const totals = this.#totals;
    this.#sentMessages++;
    this.#sentBytes += bytes;
    totals.sentMessages++;
    totals.sentBytes += bytes;
    // #endregion
  }
  // #endregion counting

  /** A message was answered with `error`. */
  refused(code: ErrorCode): void {
    // #region solution: count it, here and by its code; at level debug only, for whoever sends nonsense decides how often
    this.#refusals++;
    this.#totals.errors[code]++;
    this.#totals.log.debug({ connection: this.id, code }, 'refused');
    // #endregion
  }

  // #region closed
  /**
   * It is gone; `code` is that of the `close` event, 1005 and 1006 among them (RFC 6455 §7.1.5). The second call
   * does nothing. Logs the whole connection in one line, `closed`: `connection`, `address`, `user`, `code`,
   * `durationMs`, and its counts.
   */
  closed(code: number): void {
    // #region solution: once only: take it out of the open ones, count the code, log its life in one line
    const { open, closes, log } = this.#totals;
    if (!open.delete(this)) return;
    add(closes, code);
    const durationMs = Math.round(performance.now() - this.#startedAt);
    const { id, address, user, receivedMessages, receivedBytes, sentMessages, sentBytes, refusals } =
      this.stats();
    const counts = { receivedMessages, receivedBytes, sentMessages, sentBytes, refusals };
    log.info({ connection: id, address, user: user?.id, code, durationMs, ...counts }, 'closed');
    // #endregion
  }
  // #endregion closed

  stats(): ConnectionStats {
    // #region solution: the numbers as they are now
    return {
      id: this.id,
      address: this.#address,
      user: this.#user,
      openedAt: this.#openedAt,
      receivedMessages: this.#receivedMessages,
      receivedBytes: this.#receivedBytes,
      sentMessages: this.#sentMessages,
      sentBytes: this.#sentBytes,
      queueBytes: this.queueBytes,
      refusals: this.#refusals,
    };
    // #endregion
  }
}

// #region solution: helpers of your own, if you like: to register a metric that is read from a number when somebody asks, say
// #region readings
/** A registry of its own, never the one prom-client shares; its metrics are read from plain numbers at each scrape. */
class Readings extends Registry {
  readonly #registers = [this];

  gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers: this.#registers,
      collect() {
        this.set(read());
      },
    });
  }

  counter(name: string, help: string, read: () => number): void {
    new Counter({
      name,
      help,
      registers: this.#registers,
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  }

  /** A counter with one label. */
  tally(name: string, help: string, label: string, tally: Tally): void {
    new Counter({
      name,
      help,
      labelNames: [label],
      registers: this.#registers,
      collect() {
        this.reset();
        for (const [value, count] of Object.entries(tally)) this.inc({ [label]: value }, count);
      },
    });
  }

  histogram(name: string, help: string, buckets: number[]): Histogram {
    return new Histogram({ name, help, buckets, registers: this.#registers });
  }
}
// #endregion readings

/** How often the event loop's lag is looked at, in ms. */
const tickMs = 20;

function queueOf(connections: Iterable<ConnectionMonitor>): number {
  let bytes = 0;
  for (const { queueBytes } of connections) bytes += queueBytes;
  return bytes;
}

/** By the names that dashboards for Node know. */
function addProcess(registry: Readings): void {
  registry.counter(
    'process_cpu_seconds_total',
    'CPU time of the process, in its own code and in the kernel.',
    () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    },
  );
  registry.gauge('process_resident_memory_bytes', 'Memory of the process.', () => process.memoryUsage.rss());
  registry.gauge(
    'process_start_time_seconds',
    'When it began, since 1970.',
    () => performance.timeOrigin / 1000,
  );
  registry.gauge(
    'nodejs_heap_size_used_bytes',
    'Memory of JavaScript objects.',
    () => process.memoryUsage().heapUsed,
  );
  registry.gauge(
    'nodejs_external_memory_bytes',
    'Memory outside the heap: buffers, above all.',
    () => process.memoryUsage().external,
  );
}
// #endregion

/**
 * How one node is doing: numbers for Prometheus, lines for the log, a list of connections for an operator. Each
 * monitor has a registry of its own. Reading changes nothing: any number of scrapers see the same.
 *
 * | metric | is |
 * | --- | --- |
 * | `chat_connections` | gauge: WebSockets that are open |
 * | `chat_rooms` | gauge: rooms with somebody in them |
 * | `chat_backplane_up` | gauge: 1 when it can be reached, else 0 |
 * | `chat_queue_bytes` | gauge: bytes that wait to be sent, over all connections |
 * | `chat_received_messages_total{type}`, `chat_received_bytes_total` | counters: messages of clients; `type` as in the contract, or `unreadable` |
 * | `chat_sent_messages_total`, `chat_sent_bytes_total` | counters: messages handed to sockets, one for each recipient |
 * | `chat_messages_total` | counter: messages stored in rooms |
 * | `chat_errors_total{code}` | counter: messages answered with `error` |
 * | `chat_closes_total{code}` | counter: connections that ended; a code without a registered meaning is `other` |
 * | `chat_handshakes_refused_total{status}` | counter: upgrades, or requests to be let in before one, refused with an HTTP status; an unusual one is `other` |
 * | `chat_resumes_total{result}` | counter: joins with a position; `hit` when all that was missed could be sent, else `miss` |
 * | `chat_delivery_lag_seconds` | histogram: from a server taking a message, its `at`, to its being handed to sockets |
 * | `chat_event_loop_lag_seconds` | histogram: how late a timer comes that is due every 20 ms |
 * | `chat_event_loop_active_seconds_total` | counter: time the event loop did not wait |
 * | `process_cpu_seconds_total`, `process_resident_memory_bytes`, `process_start_time_seconds`, `nodejs_heap_size_used_bytes`, `nodejs_external_memory_bytes` | of the process, by their usual names |
 */
export class Monitor {
  // #region solution: the registry, what is counted, the histograms and the timer
  readonly #registry = new Readings();
  readonly #totals: Totals;
  readonly #deliveryLag: Histogram;
  readonly #loopLag: Histogram;
  #tickDueAt = performance.now();
  #timer: NodeJS.Timeout | undefined;
  // #endregion

  constructor({ log = createLogger({ level: 'silent' }), clock = systemClock, gauges }: MonitorOptions = {}) {
    // #region solution: register every metric of the table on a registry of your own, read by collect; start the timer of the lag
    const registry = this.#registry;
    const totals = new Totals(log, clock);
    this.#totals = totals;
    const { rooms, isUp } = gauges ?? { rooms: () => 0, isUp: () => true };
    registry.gauge('chat_connections', 'WebSockets that are open.', () => totals.open.size);
    registry.gauge('chat_rooms', 'Rooms with somebody in them.', rooms);
    registry.gauge('chat_backplane_up', '1 when the backplane can be reached, else 0.', () => Number(isUp()));
    registry.gauge('chat_queue_bytes', 'Bytes that wait to be sent, over all connections.', () =>
      queueOf(totals.open),
    );
    registry.tally(
      'chat_received_messages_total',
      'Messages that came from clients.',
      'type',
      totals.received,
    );
    registry.counter('chat_received_bytes_total', 'Bytes of messages that came.', () => totals.receivedBytes);
    registry.counter(
      'chat_sent_messages_total',
      'Messages handed to sockets, one for each recipient.',
      () => totals.sentMessages,
    );
    registry.counter('chat_sent_bytes_total', 'Bytes of messages handed to sockets.', () => totals.sentBytes);
    registry.counter('chat_messages_total', 'Messages stored in rooms.', () => totals.stored);
    registry.tally(
      'chat_errors_total',
      'Messages answered with an error, by its code.',
      'code',
      totals.errors,
    );
    registry.tally('chat_closes_total', 'Connections that ended, by close code.', 'code', totals.closes);
    registry.tally(
      'chat_handshakes_refused_total',
      'Upgrades answered with an HTTP status.',
      'status',
      totals.refusedHandshakes,
    );
    registry.tally(
      'chat_resumes_total',
      'Joins with a position: got what was missed, or did not.',
      'result',
      totals.resumes,
    );
    this.#deliveryLag = registry.histogram(
      'chat_delivery_lag_seconds',
      'From a server taking a message to its being handed to sockets.',
      [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    );
    this.#loopLag = registry.histogram(
      'chat_event_loop_lag_seconds',
      'How late a timer comes that is due every 20 ms.',
      [0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    );
    registry.counter(
      'chat_event_loop_active_seconds_total',
      'Time in which the event loop had something to do.',
      () => performance.eventLoopUtilization().active / 1000,
    );
    addProcess(registry);
    this.#tick();
    // #endregion
  }

  /** A WebSocket is open. */
  opened(address: string, queue: Queue): ConnectionMonitor {
    // #region solution: a ConnectionMonitor, among the open ones until it is closed
    return new ConnectionMonitor(this.#totals, address, queue);
    // #endregion
  }

  /** A message was stored in a room. */
  stored(): void {
    // #region solution: one more
    this.#totals.stored++;
    // #endregion
  }

  /**
   * A message was handed to the sockets of its room on this node: once a message, however many they are. `lagMs`:
   * since its `at`, in ms. It may be less than 0 where another machine's clock wrote `at`; that counts as 0.
   */
  delivered(lagMs: number): void {
    // #region solution: into the histogram; its name says the unit
    this.#deliveryLag.observe(Math.max(0, lagMs) / 1000);
    // #endregion
  }

  /** A client came back with a position; `hit`: it got exactly what it had missed. */
  resumed(hit: boolean): void {
    // #region solution: one more hit, or one more miss
    this.#totals.resumes[hit ? 'hit' : 'miss']++;
    // #endregion
  }

  /** An upgrade was answered with an HTTP status instead of 101, or a request for a session or a ticket with 429. */
  refusedHandshake(status: number): void {
    // #region solution: by its status, with a bound on how many values there may be
    add(this.#totals.refusedHandshakes, status);
    // #endregion
  }

  /** All that are open, the oldest first. */
  connections(): ConnectionStats[] {
    // #region solution: of each that is open
    return [...this.#totals.open].map((connection) => connection.stats());
    // #endregion
  }

  /** For the `Content-Type` of `/metrics`. */
  get contentType(): string {
    // #region solution: that of the registry: it says which version of the format this is
    return this.#registry.contentType;
    // #endregion
  }

  /** The body of `/metrics`, in Prometheus' text format. */
  render(): Promise<string> {
    // #region solution: the registry writes it
    return this.#registry.metrics();
    // #endregion
  }

  /** Measures no more; what was counted can still be read. */
  stop(): void {
    // #region solution: leave no timer behind
    clearTimeout(this.#timer);
    // #endregion
  }

  // #region solution: private methods of your own, if you like
  // #region tick
  /**
   * A tick that is late keeps those behind it waiting too, and each counts with its own lateness: the share of
   * ticks is then a share of time. Counting the late one alone would show a stall of a second as one in a thousand.
   */
  #tick(): void {
    const now = performance.now();
    for (; this.#tickDueAt <= now; this.#tickDueAt += tickMs) {
      this.#loopLag.observe((now - this.#tickDueAt) / 1000);
    }
    this.#timer = setTimeout(() => this.#tick(), this.#tickDueAt - now).unref();
  }
  // #endregion tick
  // #endregion
}
