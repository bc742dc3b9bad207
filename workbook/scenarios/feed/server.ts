import type { Connection } from '#labs/06-connection';
import { type Clock, systemClock } from '../../clock.ts';
import { seededRandom } from '../../seeded-random.ts';
import { every } from '../every.ts';
import { onJson } from '../json-messages.ts';
import type { Scenario } from '../scenario.ts';
import { Market } from './market.ts';
import { clientMessage, type Product, type ServerMessage } from './messages.ts';
import { SnapshotDesk } from './snapshot-desk.ts';
import { Subscription } from './subscription.ts';
import { symbols, type Ticker } from './symbols.ts';

/** How often the market is asked for what has changed, in ms, and the steps it makes in that time. */
const tickMs = 20;
const stepsPerTick = 12;
const flushMs = 100;
const heartbeatMs = 1_000;
/** What a reader of the full product gets in a second, about, and how many seconds it may be late. */
const bytesPerSecond = 28_000;
const maxSecondsLate = 2;
const maxUnread = bytesPerSecond * maxSecondsLate;

export function feed(clock: Clock = systemClock, random = seededRandom(101)): Scenario {
  const market = new Market(random, clock.now());
  const subscriptions = new Set<Subscription>();
  /** Symbols in which nothing has happened since the last round of heartbeats. */
  let quiet = new Set<Ticker>(symbols);

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
      quiet = new Set(symbols);
    }),
    every(clock, flushMs, () => {
      for (const subscription of subscriptions) subscription.flush();
    }),
  ];

  function subscribe(connection: Connection, product: Product): Subscription {
    const subscription = new Subscription(product, maxUnread, {
      send: (text) => connection.send(text),
      expel() {
        subscriptions.delete(subscription);
        connection.close(1013, 'too slow');
      },
    });
    subscriptions.add(subscription);
    connection.on('close', () => subscriptions.delete(subscription));
    return subscription;
  }

  return {
    subprotocol: 'feed.v1',
    accept(connection) {
      let subscription: Subscription | undefined;
      const desk = new SnapshotDesk(market, clock, (text) => subscription?.snapshot(text));
      connection.on('close', () => desk.close());
      const refuse = (reason: string) => connection.close(1008, reason);

      onJson(connection, clientMessage, (message) => {
        switch (message.type) {
          case 'subscribe':
            if (subscription) refuse('subscribed already');
            else subscription = subscribe(connection, message.product);
            break;
          case 'snapshot':
            // Listen first: the other order has a hole between the two.
            if (subscription) desk.order(message.symbol);
            else refuse('subscribe first');
            break;
          case 'read':
            if (!subscription?.echo(message.sent)) refuse('no such mark');
            break;
          case 'restart':
            market.restart(clock.now());
        }
      });
      const welcome: ServerMessage = { type: 'welcome', maxUnread };
      connection.send(JSON.stringify(welcome));
    },
    stop() {
      for (const stop of timers) stop();
    },
  };
}
