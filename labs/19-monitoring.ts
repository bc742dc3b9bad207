import { randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { type DestinationStream, pino } from 'pino';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { ClientMessage, ErrorCode, User } from '#labs/10-protocol';
import { type Clock, systemClock } from '../workbook/clock.ts';
import { Unfinished } from '../workbook/unfinished.ts';

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
  // TODO: pino with a hook, `logMethod`, through which every call goes: keep the fields of the list, and the text as it is
  throw new Unfinished('19-monitoring: createLogger');
}

// TODO: helpers of your own, if you like

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

// TODO: what you count, in plain numbers: the values of each label, all known beforehand, and what the connections of a monitor share

/** What is known of one connection, from its handshake to its end. A few numbers: there may be 100,000 of these. */
export class ConnectionMonitor {
  // TODO: the numbers, who it is, and a constructor: nothing that all connections could share

  /** Names it in the logs and for operators. No two connections share one, on any node, before or after a restart. */
  get id(): string {
    // TODO: a random beginning for each monitor, and a number
    throw new Unfinished('19-monitoring: id');
  }

  /** It is authenticated. */
  identified(user: User): void {
    // TODO: remember who it is; log the id, never the name
    throw new Unfinished('19-monitoring: identified');
  }

  /** A message came, of so many bytes. */
  received(type: ReceivedType, bytes: number): void {
    // TODO: add to the connection's numbers and to the sums; this runs for every message
    throw new Unfinished('19-monitoring: received');
  }

  /** A message was handed to the socket, of so many bytes: once for each recipient of a broadcast. */
  sent(bytes: number): void {
    // TODO: as received; this runs for every recipient of every message
    throw new Unfinished('19-monitoring: sent');
  }

  /** A message was answered with `error`. */
  refused(code: ErrorCode): void {
    // TODO: count it, here and by its code; at level debug only, for whoever sends nonsense decides how often
    throw new Unfinished('19-monitoring: refused');
  }

  /**
   * It is gone; `code` is that of the `close` event, 1005 and 1006 among them (RFC 6455 §7.1.5). The second call
   * does nothing. Logs the whole connection in one line, `closed`: `connection`, `address`, `user`, `code`,
   * `durationMs`, and its counts.
   */
  closed(code: number): void {
    // TODO: once only: take it out of the open ones, count the code, log its life in one line
    throw new Unfinished('19-monitoring: closed');
  }

  stats(): ConnectionStats {
    // TODO: the numbers as they are now
    throw new Unfinished('19-monitoring: stats');
  }
}

// TODO: helpers of your own, if you like: to register a metric that is read from a number when somebody asks, say

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
  // TODO: the registry, what is counted, the histograms and the timer

  constructor({ log = createLogger({ level: 'silent' }), clock = systemClock, gauges }: MonitorOptions = {}) {
    // TODO: register every metric of the table on a registry of your own, read by collect; start the timer of the lag
    throw new Unfinished('19-monitoring: constructor');
  }

  /** A WebSocket is open. */
  opened(address: string, queue: Queue): ConnectionMonitor {
    // TODO: a ConnectionMonitor, among the open ones until it is closed
    throw new Unfinished('19-monitoring: opened');
  }

  /** A message was stored in a room. */
  stored(): void {
    // TODO: one more
    throw new Unfinished('19-monitoring: stored');
  }

  /**
   * A message was handed to the sockets of its room on this node: once a message, however many they are. `lagMs`:
   * since its `at`, in ms. It may be less than 0 where another machine's clock wrote `at`; that counts as 0.
   */
  delivered(lagMs: number): void {
    // TODO: into the histogram; its name says the unit
    throw new Unfinished('19-monitoring: delivered');
  }

  /** A client came back with a position; `hit`: it got exactly what it had missed. */
  resumed(hit: boolean): void {
    // TODO: one more hit, or one more miss
    throw new Unfinished('19-monitoring: resumed');
  }

  /** An upgrade was answered with an HTTP status instead of 101, or a request for a session or a ticket with 429. */
  refusedHandshake(status: number): void {
    // TODO: by its status, with a bound on how many values there may be
    throw new Unfinished('19-monitoring: refusedHandshake');
  }

  /** All that are open, the oldest first. */
  connections(): ConnectionStats[] {
    // TODO: of each that is open
    throw new Unfinished('19-monitoring: connections');
  }

  /** For the `Content-Type` of `/metrics`. */
  get contentType(): string {
    // TODO: that of the registry: it says which version of the format this is
    throw new Unfinished('19-monitoring: contentType');
  }

  /** The body of `/metrics`, in Prometheus' text format. */
  render(): Promise<string> {
    // TODO: the registry writes it
    throw new Unfinished('19-monitoring: render');
  }

  /** Measures no more; what was counted can still be read. */
  stop(): void {
    // TODO: leave no timer behind
    throw new Unfinished('19-monitoring: stop');
  }

  // TODO: private methods of your own, if you like
}
