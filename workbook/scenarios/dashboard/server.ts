import type { Connection } from '#labs/06-connection';
import { type Clock, systemClock } from '../../clock.ts';
import { seededRandom } from '../../seeded-random.ts';
import { every } from '../every.ts';
import { onJson } from '../json-messages.ts';
import type { Scenario } from '../scenario.ts';
import { clientMessage, type ServerMessage } from './messages.ts';
import { Reader } from './reader.ts';
import { Source } from './source.ts';

/** The source speaks each 10 ms, of five changes: 500 a second. */
const speakMs = 10;
const changesPerSpeech = 5;
/** How often a reader may get a message, and is told what is kept for it, in ms. */
const tickMs = 100;
const keptMs = 250;

export function dashboard(clock: Clock = systemClock, random = seededRandom(101)): Scenario {
  const source = new Source(random);
  const readers = new Map<Connection, Reader>();
  let isRunning = true;
  let spokeAt = clock.now();

  const timers = [
    every(clock, speakMs, () => {
      if (!isRunning) return;
      spokeAt = clock.now();
      for (let count = 0; count < changesPerSpeech; count++) {
        const { name, value } = source.change();
        for (const reader of readers.values()) reader.change(name, value);
      }
    }),
    every(clock, tickMs, () => {
      const { version, values } = source;
      const now = { version, values, ageMs: clock.now() - spokeAt };
      for (const [connection, reader] of readers) send(connection, () => reader.next(now));
    }),
    every(clock, keptMs, () => {
      for (const [connection, reader] of readers) send(connection, () => reader.kept(source.version));
    }),
  ];

  return {
    subprotocol: 'dashboard.v1',
    accept(connection) {
      const reader = new Reader();
      readers.set(connection, reader);
      connection.on('close', () => readers.delete(connection));
      onJson(connection, clientMessage, (message) => {
        if (message.type === 'drawn') reader.drawn(message.version);
        else isRunning = message.running;
      });
    },
    stop() {
      for (const stop of timers) stop();
    },
  };
}

/** Only to a connection whose last message the system has taken: what it has not can still be made newer. */
function send(connection: Connection, next: () => ServerMessage | undefined): void {
  if (connection.bufferedAmount > 0) return;
  const message = next();
  if (message) connection.send(JSON.stringify(message));
}
