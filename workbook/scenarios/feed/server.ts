import type { Connection } from '#labs/06-connection';
import { type Clock, systemClock } from '../../clock.ts';
import { seededRandom } from '../../seeded-random.ts';
import { every } from '../every.ts';
import { onJson } from '../json-messages.ts';
import type { Scenario } from '../scenario.ts';
import { Market } from './market.ts';
import { clientMessage, type ServerMessage } from './messages.ts';
import { Subscription } from './subscription.ts';

/** How often the market is asked for what has changed, in ms, and the steps it makes in that time. */
const tickMs = 20;
const stepsPerTick = 12;
const flushMs = 100;
const heartbeatMs = 1_000;
/** Snapshots come from a service of their own, which takes its time, in ms: updates overtake them. */
const snapshotMs = 300;
/** What a reader of the full product gets in a second, and how many seconds it may be late. */
const bytesPerSecond = 32_000;
const maxSecondsLate = 2;
const maxUnread = bytesPerSecond * maxSecondsLate;

export function feed(clock: Clock = systemClock, random = seededRandom(101)): Scenario {
  const market = new Market(random, clock.now());
  const subscriptions = new Set<Subscription>();
  /** Symbols in which nothing has happened since the last round of heartbeats. */
  let quiet = new Set(Market.symbols);

  const timers = [
    every(clock, tickMs, () => {
      for (const update of market.tick(stepsPerTick)) {
        quiet.delete(update.symbol);
        const text = JSON.stringify(update);
        for (const subscription of subscriptions) subscription.update(update, text);
      }
    }),
    every(clock, heartbeatMs, () => {
      for (const symbol of quiet) {
        const text = JSON.stringify(market.heartbeat(symbol));
        for (const subscription of subscriptions) subscription.heartbeat(symbol, text);
      }
      quiet = new Set(Market.symbols);
    }),
    every(clock, flushMs, () => {
      for (const subscription of subscriptions) subscription.flush();
    }),
  ];

  function accept(connection: Connection): void {
    let subscription: Subscription | undefined;
    /** Timers of snapshots under way, by symbol: one of each at a time, however often it is asked for. */
    const snapshots = new Map<string, unknown>();
    const send = (message: ServerMessage) => connection.send(JSON.stringify(message));

    const leave = () => {
      if (subscription) subscriptions.delete(subscription);
      for (const timer of snapshots.values()) clock.clearTimeout(timer);
    };
    const sendSnapshot = (symbol: string) => {
      if (snapshots.has(symbol)) return;
      const text = JSON.stringify(market.snapshot(symbol));
      const timer = clock.setTimeout(() => {
        snapshots.delete(symbol);
        subscription?.snapshot(text);
      }, snapshotMs);
      snapshots.set(symbol, timer);
    };

    connection.on('close', leave);
    onJson(connection, clientMessage, (message) => {
      if (message.type === 'restart') return market.restart(clock.now());
      if (message.type === 'subscribe') {
        if (subscription) return connection.close(1008, 'subscribed already');
        subscription = new Subscription(message.product, maxUnread, {
          send: (text) => connection.send(text),
          expel() {
            leave();
            connection.close(1013, 'too slow');
          },
        });
        subscriptions.add(subscription);
        return;
      }
      if (!subscription) return connection.close(1008, 'subscribe first');
      if (message.type === 'read') {
        if (!subscription.echo(message.sent)) connection.close(1008, 'no such mark');
      } else if (Market.symbols.includes(message.symbol)) {
        sendSnapshot(message.symbol);
      } else {
        connection.close(1008, 'no such symbol');
      }
    });
    send({ type: 'welcome', symbols: Market.symbols, maxUnread });
  }

  return {
    subprotocol: 'feed.v1',
    accept,
    stop() {
      for (const stop of timers) stop();
    },
  };
}
