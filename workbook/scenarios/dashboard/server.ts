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
/** How often a reader may get a message, in ms. */
const tickMs = 100;

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
      for (const [connection, reader] of readers) {
        // What the system has not taken can still be made newer.
        if (connection.bufferedAmount > 0) continue;
        const message: ServerMessage = reader.next(now) ?? reader.kept(version);
        connection.send(JSON.stringify(message));
      }
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
