import { encodeFrame, Opcode } from '#labs/03-frames';
import { type Connection, ReadyState } from '#labs/06-connection';
import { Heartbeat } from '#labs/12-heartbeat';
import { TokenBucket } from '#labs/16-limits';
import { type Clock, systemClock } from '../../clock.ts';
import type { Scenario } from '../scenario.ts';
import {
  BadMessage,
  decodeMessage,
  decodePresence,
  encodeId,
  encodeMessage,
  Kind,
  subprotocol,
} from './protocol.ts';
import { SharedDocument } from './shared-document.ts';

const maxPeople = 50;
/** Bytes that may wait for a slow reader: some documents. To come back and say what it has is cheaper than more. */
const maxWaiting = 256 * 1024;
/** A key that is held down writes thirty times a second; carets come ten times a second. */
const messageRate = { perSecond: 60, burst: 300 };
/** Whoever vanishes without a word is shown for up to twice as long, in milliseconds. */
const heartbeatMs = 15_000;

/** One connection. */
interface Person {
  id: number;
  connection: Connection;
  messages: TokenBucket;
  /** Said what they have, and got the rest: from then on they get each update. */
  hasDocument: boolean;
  /** As the others get it. Undefined until they have said who they are. */
  presence: Buffer | undefined;
}

/** One document for everyone who comes, as long as the process lives; after that, as long as a page has it. */
export function editor(clock: Clock = systemClock): Scenario {
  return new Editor(clock);
}

class Editor implements Scenario {
  readonly subprotocol = subprotocol;
  readonly #clock: Clock;
  readonly #people = new Set<Person>();
  readonly #heartbeat: Heartbeat<Connection>;
  readonly #document = new SharedDocument((update, from) => this.#relay(update, from));
  #lastId = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#heartbeat = new Heartbeat(heartbeatMs, clock);
  }

  accept(connection: Connection): void {
    if (this.#people.size >= maxPeople) {
      connection.close(1013, 'The document has as many readers as it can serve.');
      return;
    }
    const person: Person = {
      id: ++this.#lastId,
      connection,
      messages: new TokenBucket(messageRate, this.#clock),
      hasDocument: false,
      presence: undefined,
    };
    this.#people.add(person);
    this.#heartbeat.add(connection);
    connection.on('message', (data, isBinary) => this.#onMessage(person, data, isBinary));
    connection.on('pong', () => this.#heartbeat.heard(connection));
    connection.on('close', () => this.#leave(person));
    connection.send(encodeMessage(Kind.Have, this.#document.stateVector));
  }

  stop(): void {
    this.#heartbeat.stop();
  }

  #onMessage(person: Person, data: Buffer, isBinary: boolean): void {
    const { connection } = person;
    // What comes after our Close frame was sent before that was read.
    if (connection.readyState !== ReadyState.Open) return;
    this.#heartbeat.heard(connection);
    try {
      if (!isBinary) throw new BadMessage(1003, 'Messages are binary here.');
      if (person.messages.take() > 0) throw new BadMessage(1008, 'Too many messages.');
      this.#take(person, data);
    } catch (error) {
      if (!(error instanceof BadMessage)) throw error;
      connection.close(error.closeCode, error.message);
    }
  }

  // #region take
  #take(person: Person, data: Buffer): void {
    const { kind, body } = decodeMessage(data);
    switch (kind) {
      case Kind.Have:
        this.#bringUpToDate(person, body);
        break;
      case Kind.Update:
        this.#document.apply(body, person);
        break;
      case Kind.Me:
        decodePresence(body);
        person.presence = frameOf(Kind.Someone, encodeId(person.id), body);
        this.#tellOthers(person, person.presence);
        break;
      default:
        throw new BadMessage(1008, `There is no message of kind ${kind}.`);
    }
  }

  /** In one turn: no update can come between what this one lacked and what they get from now on. */
  #bringUpToDate(person: Person, stateVector: Uint8Array): void {
    this.#send(person, frameOf(Kind.Update, this.#document.since(stateVector)));
    person.hasDocument = true;
    for (const other of this.#people) {
      if (other !== person && other.presence) this.#send(person, other.presence);
    }
  }

  /** Never back to whoever brought it: two sides that repeat each other's updates would never stop. */
  #relay(update: Uint8Array, from: unknown): void {
    this.#tellOthers(from, frameOf(Kind.Update, update));
  }
  // #endregion take

  #leave(person: Person): void {
    this.#people.delete(person);
    this.#heartbeat.remove(person.connection);
    if (person.presence) this.#tellOthers(person, frameOf(Kind.Gone, encodeId(person.id)));
  }

  #tellOthers(person: unknown, frame: Buffer): void {
    for (const other of this.#people) if (other !== person && other.hasDocument) this.#send(other, frame);
  }

  #send({ connection }: Person, frame: Buffer): void {
    if (connection.bufferedAmount > maxWaiting) connection.close(1013, 'Too slow: too much was waiting.');
    else connection.sendFrame(frame);
  }
}

/** Encoded once: the same bytes go to everyone, for a server does not mask (RFC 6455 §5.1). */
function frameOf(kind: number, ...parts: Uint8Array[]): Buffer {
  return encodeFrame({ opcode: Opcode.Binary, payload: encodeMessage(kind, ...parts) });
}
