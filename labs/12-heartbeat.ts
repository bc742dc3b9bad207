import { type Clock, systemClock } from '../workbook/clock.ts';
import { Unfinished } from '../workbook/unfinished.ts';

/** What a heartbeat does to a peer: the names of lab 06 and of `ws`. */
export interface Pingable {
  /** Sends a ping (RFC 6455 §5.5.2). */
  ping(): void;
  /** Ends TCP at once, with no closing handshake: the peer would not answer a Close frame. */
  terminate(): void;
}

// TODO: helpers of your own, if you like: both classes ask whether their timer came much too late

/**
 * The server's side: one sweep for all connections. Each sweep terminates whoever has been silent since it was
 * pinged at the last one, and pings the others. So a peer always has a whole interval to answer, and one that
 * is gone is found within two intervals of its last sign of life.
 *
 * A sweep that comes more than half an interval late is no evidence: it pings, and terminates nobody.
 * While there are no peers there is no timer.
 */
export class Heartbeat<Peer extends Pingable> {
  // TODO: fields: which peers have given a sign of life since the last sweep, which have not, the timer

  /** `intervalMs`: from one sweep to the next, in milliseconds; more than 0. */
  constructor(intervalMs: number, clock: Clock = systemClock) {
    // TODO: keep them; no timer yet
    throw new Unfinished('12-heartbeat: constructor');
  }

  /** How many peers are watched. */
  get size(): number {
    // TODO: count the peers you keep
    throw new Unfinished('12-heartbeat: size');
  }

  /** Watches a peer from now on. It is pinged first at the next sweep. */
  add(peer: Peer): void {
    // TODO: to be new is a sign of life; the first peer starts the sweeps
    throw new Unfinished('12-heartbeat: add');
  }

  /** Something came from the peer: a pong, a ping or a message, whatever was in it. A stranger stays one. */
  heard(peer: Peer): void {
    // TODO: remember it until the next sweep, at no cost that grows with the number of peers
    throw new Unfinished('12-heartbeat: heard');
  }

  /** Forgets a peer: its connection is closed. The last one takes the timer with it. */
  remove(peer: Peer): void {
    // TODO: leave nothing of it behind, and no timer when nobody is left
    throw new Unfinished('12-heartbeat: remove');
  }

  /** Forgets all peers, and stops. */
  stop(): void {
    // TODO: as if all were removed
    throw new Unfinished('12-heartbeat: stop');
  }

  // TODO: the sweep, and the timer for the next one
}

/** What a client does about silence. */
export interface WatchdogActions {
  /** Nothing has come for one interval: time to ask, in the chat with `ping {}`. */
  onQuiet(): void;
  /** It was asked, and nothing has come for another interval: the other side is gone. */
  onDead(): void;
}

/**
 * The client's side. A page's script neither sees the server's pings nor can send any (WHATWG WebSockets), so it
 * counts messages, and asks with one of the application's own when none come. A dead server is found two
 * intervals after its last message.
 *
 * A timer that fires more than half an interval late is no evidence: it asks once more.
 */
export class Watchdog {
  // TODO: fields: the actions, the interval, the timer, whether it has asked

  constructor(actions: WatchdogActions, clock: Clock = systemClock) {
    // TODO: keep them; nothing runs until start
    throw new Unfinished('12-heartbeat: constructor');
  }

  /** Begins to watch, or goes on with another interval, in milliseconds; to start is a sign of life. */
  start(intervalMs: number): void {
    // TODO: keep the interval and wait for one of it
    throw new Unfinished('12-heartbeat: start');
  }

  /** A message came. Without effect while nothing is watched. */
  heard(): void {
    // TODO: all begins anew: one quiet interval, then the question
    throw new Unfinished('12-heartbeat: heard');
  }

  /** Stops watching; no action is called any more. */
  stop(): void {
    // TODO: stop the timer, and see that `heard` does not start it again
    throw new Unfinished('12-heartbeat: stop');
  }

  // TODO: one timer: first until it asks, then until it gives up
}
