import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import * as Y from 'yjs';
import type { Connection } from '#labs/06-connection';
import { encodeCaret, indexOfCaret } from '../../workbook/scenarios/editor/caret.ts';
import {
  BadMessage,
  decodeId,
  decodeMessage,
  decodePresence,
  encodeId,
  encodeMessage,
  encodePresence,
  Kind,
  subprotocol,
} from '../../workbook/scenarios/editor/protocol.ts';
import { Replica } from '../../workbook/scenarios/editor/replica.ts';
import { editor } from '../../workbook/scenarios/editor/server.ts';
import { SharedDocument } from '../../workbook/scenarios/editor/shared-document.ts';
import { editBetween } from '../../workbook/scenarios/editor/text-edit.ts';
import { acceptUpgrade } from '../../workbook/websocket.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

const noCaret = new Uint8Array();

/** What `run` throws, as its close code and reason. */
function refusal(run: () => unknown): [number, string] | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (!(error instanceof BadMessage)) throw error;
    return [error.closeCode, error.message];
  }
}

/** An update that does to an empty document what `change` does. */
function updateOf(change: (doc: Y.Doc) => void): Uint8Array {
  const doc = new Y.Doc();
  change(doc);
  return Y.encodeStateAsUpdate(doc);
}

const writing = (letters: string) => updateOf((doc) => doc.getText('text').insert(0, letters));

describe('the edit between two texts', () => {
  // 😁 shares the first half of 😀, and 🈀 the second.
  const letters = fc.array(fc.constantFrom('a', '\n', '😀', '😁', '🈀'), { maxLength: 8 });
  const texts = letters.map((some) => some.join(''));

  test('makes the second of the first, and cuts no letter in two', () => {
    fc.assert(
      fc.property(texts, texts, (before, after) => {
        const { index, removed, inserted } = editBetween(before, after);
        const kept = [before.slice(0, index), before.slice(index + removed)];
        expect(kept[0] + inserted + kept[1]).toBe(after);
        for (const part of [...kept, inserted]) expect(part).toBe(Buffer.from(part).toString());
      }),
    );
  });

  test('is no longer than what changed', () => {
    expect(editBetween('one two', 'one and two')).toEqual({ index: 4, removed: 0, inserted: 'and ' });
    expect(editBetween('aaa', 'aa')).toMatchObject({ removed: 1, inserted: '' });
    expect(editBetween('x😀y', 'x😁y')).toEqual({ index: 1, removed: 2, inserted: '😁' });
    expect(editBetween('x😀y', 'x🈀y')).toEqual({ index: 1, removed: 2, inserted: '🈀' });
  });
});

describe('a caret', () => {
  test('stays beside its letter through edits before and after it', () => {
    const text = new Y.Doc().getText('text');
    text.insert(0, 'one two');
    const caret = encodeCaret(text, 3);
    text.insert(3, '!');
    expect(indexOfCaret(text, caret)).toBe('one'.length);
    text.insert(0, 'zero ');
    text.insert(text.length, ' three');
    expect(indexOfCaret(text, caret)).toBe('zero one'.length);
    text.delete(0, 'zero one'.length);
    expect(indexOfCaret(text, caret)).toBe(0);
  });

  test('of a letter that has not come is nowhere', () => {
    const there = new Y.Doc().getText('text');
    there.insert(0, 'one');
    const here = new Y.Doc().getText('text');
    expect(indexOfCaret(here, encodeCaret(there, 2))).toBeUndefined();
    expect(indexOfCaret(here, noCaret)).toBeUndefined();
  });
});

describe('presence', () => {
  const caret = encodeCaret(new Y.Doc().getText('text'), 0);

  test('survives the wire', () => {
    for (const presence of [
      { name: 'Zoë', caret },
      { name: 'a'.repeat(64), caret: noCaret },
    ]) {
      expect(decodePresence(encodePresence(presence))).toEqual(presence);
    }
    for (const id of [1, 0x7fff_ffff, 0xffff_ffff]) expect(decodeId(encodeId(id))).toBe(id);
  });

  test.each([
    ['nothing', []],
    ['a name of no bytes', [0]],
    ['a name that is cut', [3, 0x41]],
    ['a name of 65 bytes', [65, ...Buffer.alloc(65, 'a')]],
    ['a name that is not UTF-8', [1, 0xff]],
    ['a caret that is none', [1, 0x41, 9]],
    ['a caret in another text', [1, 0x41, 1, 1, 0x78]],
    ['a caret of 33 bytes', [1, 0x41, ...Buffer.alloc(33)]],
  ])('is not %s', (_what, bytes) => {
    expect(refusal(() => decodePresence(Uint8Array.from(bytes)))?.[0]).toBe(1008);
  });
});

describe('the drill has it from here', () => {
  const hex = (bytes: Uint8Array) =>
    Buffer.from(bytes)
      .toString('hex')
      .replace(/..(?=.)/g, '$& ');

  /** A text of one writer, and the updates it has made. */
  function writer(clientID: number): { doc: Y.Doc; text: Y.Text; updates: Uint8Array[] } {
    const doc = new Y.Doc();
    doc.clientID = clientID;
    const updates: Uint8Array[] = [];
    doc.on('update', (update: Uint8Array) => updates.push(update));
    return { doc, text: doc.getText('text'), updates };
  }

  test('an x between two letters, the state vectors, and a letter deleted', () => {
    const [one, two] = [writer(1), writer(2)];
    one.text.insert(0, 'AB');
    Y.applyUpdate(two.doc, Y.encodeStateAsUpdate(one.doc));
    two.text.insert(1, 'x');
    one.text.delete(0, 1);
    expect(hex(encodeMessage(Kind.Have, Y.encodeStateVector(two.doc)))).toBe('00 02 02 01 01 02');
    expect(hex(encodeMessage(Kind.Update, two.updates[1]))).toBe('01 01 01 02 00 c4 01 00 01 01 01 78 00');
    expect(hex(encodeMessage(Kind.Update, one.updates[1]))).toBe('01 00 01 01 01 00 01');
  });

  test('what 500 letters written offline are, one by one and as one difference', () => {
    // A writer's number is drawn from 32 bits, and most take five bytes.
    const { doc, text, updates } = writer(4_000_000_000);
    const known = Y.encodeStateVector(doc);
    for (let n = 0; n < 500; n++) text.insert(text.length, 'x');
    const sent = updates.reduce((sum, { length }) => sum + length, 0);
    expect([sent, Y.encodeStateAsUpdate(doc, known).length]).toEqual([9_743, 518]);
  });
});

describe('the document on the server', () => {
  let told: Uint8Array[];
  let shared: SharedDocument;

  beforeEach(() => {
    told = [];
    shared = new SharedDocument((update) => told.push(update));
    shared.apply(writing('kept'), 'Ada');
  });

  /** After whatever was refused: it is as before, and takes the next update, which builds on what it has. */
  afterEach(() => {
    const doc = new Y.Doc();
    Y.applyUpdate(doc, shared.since(Uint8Array.of(0)));
    doc.getText('text').insert(shared.text.length, '!');
    const before = shared.text;
    shared.apply(Y.encodeStateAsUpdate(doc, shared.stateVector), 'Ben');
    expect(shared.text).toBe(`${before}!`);
  });

  test('tells what was new, and nothing of what was known', () => {
    expect(told).toHaveLength(1);
    const again = shared.since(Uint8Array.of(0));
    shared.apply(again, 'Ben');
    expect(told).toHaveLength(1);
  });

  test.each([
    ['bytes that are no update', Uint8Array.of(1, 2, 3), 'This is not an update of Yjs.'],
    ['no bytes', new Uint8Array(), 'This is not an update of Yjs.'],
    [
      'a claim of 33 million parts',
      Uint8Array.of(1, 0xff, 0xff, 0xff, 0x0f),
      'This is not an update of Yjs.',
    ],
    ['a map', updateOf((doc) => doc.getMap('text').set('a', 1)), 'Only plain text is written here.'],
    ['another text', updateOf((doc) => doc.getText('x').insert(0, 'a')), 'Only plain text is written here.'],
    [
      'bold text',
      updateOf((doc) => doc.getText('text').insert(0, 'a', { bold: true })),
      'Only plain text is written here.',
    ],
    [
      'something embedded',
      updateOf((doc) => doc.getText('text').insertEmbed(0, { a: 1 })),
      'Only plain text is written here.',
    ],
  ])('takes no %s', (_what, update, reason) => {
    expect(refusal(() => shared.apply(update, 'Ben'))).toEqual([1008, reason]);
    expect(shared.text).toBe('kept');
  });

  test('keeps nothing that builds on what never came', () => {
    const doc = new Y.Doc();
    doc.getText('text').insert(0, 'first');
    const known = Y.encodeStateVector(doc);
    doc.getText('text').insert(5, 'second');
    const later = Y.encodeStateAsUpdate(doc, known);
    expect(refusal(() => shared.apply(later, 'Ben'))).toEqual([
      1008,
      'This update builds on one that never came.',
    ]);
    expect(shared.text).toBe('kept');
  });

  test('takes no state vector that is none', () => {
    expect(refusal(() => shared.since(Uint8Array.of(5, 1)))).toEqual([1008, 'This is not a state vector.']);
  });

  test('has a size that nobody exceeds, and deleting makes room', () => {
    const longer = writing('x'.repeat(65_536));
    expect(refusal(() => shared.apply(longer, 'Ben'))?.[0]).toBe(1009);

    // Five bytes of number each time, and 19 bytes of wrapping.
    const doc = new Y.Doc();
    doc.clientID = 4_000_000_000;
    const text = doc.getText('text');
    text.insert(0, 'x'.repeat(65_510));
    expect(refusal(() => shared.apply(Y.encodeStateAsUpdate(doc), 'Ben'))).toEqual([
      1009,
      'The document is full.',
    ]);
    expect(shared.text).toBe('kept');
    text.delete(0, 65_000);
    shared.apply(Y.encodeStateAsUpdate(doc), 'Ben');
    expect(shared.text).toHaveLength(514);
  });

  test('whatever comes, is a text or is refused', () => {
    const sound = fc.constantFrom(
      writing('some 😀 letters'),
      updateOf((doc) => {
        doc.getText('text').insert(0, 'abcdef');
        doc.getText('text').delete(2, 2);
        doc.getText('text').insert(1, 'x');
      }),
    );
    const flips = fc.array(fc.tuple(fc.nat(60), fc.nat(255)), { maxLength: 3 });
    const changed = fc.tuple(sound, flips).map(([update, some]) => {
      const copy = update.slice();
      for (const [at, byte] of some) if (at < copy.length) copy[at] = byte;
      return copy;
    });
    fc.assert(
      fc.property(fc.oneof(changed, fc.uint8Array({ maxLength: 40 })), (update) => {
        const before = shared.text;
        const reason = refusal(() => shared.apply(update, 'Ben'));
        if (reason) expect(shared.text).toBe(before);
        const copy = new Y.Doc();
        Y.applyUpdate(copy, shared.since(Uint8Array.of(0)));
        expect(copy.getText('text').toString()).toBe(shared.text);
      }),
      { numRuns: 150 },
    );
  });
});

describe('copies', () => {
  /** Three pages and the document, with a network that keeps the order of a connection and nothing else. */
  class World {
    readonly pages = Array.from({ length: 3 }, () => new Replica());
    readonly #toServer = this.pages.map((): Uint8Array[] => []);
    readonly #toPage = this.pages.map((): Uint8Array[] => []);
    readonly #isUpToDate = this.pages.map(() => false);
    readonly shared = new SharedDocument((update, from) => {
      for (const page of this.pages.keys()) {
        if (page !== from && this.#isUpToDate[page])
          this.#toPage[page].push(encodeMessage(Kind.Update, update));
      }
    });
    /** Messages delivered. */
    delivered = 0;

    connect(page: number): void {
      this.cut(page);
      this.#toPage[page].push(encodeMessage(Kind.Have, this.shared.stateVector));
      this.pages[page].connect((message) => this.#toServer[page].push(message));
    }

    /** What is on the way is lost. */
    cut(page: number): void {
      this.#toServer[page].length = 0;
      this.#toPage[page].length = 0;
      this.#isUpToDate[page] = false;
      this.pages[page].disconnect();
    }

    type(page: number, place: number, letters: string): void {
      const { text } = this.pages[page];
      const index = place % (text.length + 1);
      if (letters === '') text.delete(index, Math.min(2, text.length - index));
      else text.insert(index, letters);
    }

    deliver(page: number, isToServer: boolean): boolean {
      const message = (isToServer ? this.#toServer : this.#toPage)[page].shift();
      if (!message) return false;
      this.delivered++;
      const { kind, body } = decodeMessage(message);
      if (!isToServer) {
        if (kind === Kind.Have) this.pages[page].onHave(body);
        else this.pages[page].onUpdate(body);
      } else if (kind === Kind.Have) {
        this.#toPage[page].push(encodeMessage(Kind.Update, this.shared.since(body)));
        this.#isUpToDate[page] = true;
      } else {
        this.shared.apply(body, page);
      }
      return true;
    }

    /** Everybody is there, and everything arrives. */
    settle(): void {
      for (const page of this.pages.keys()) this.connect(page);
      const isBusy = () =>
        [...this.pages.keys()].some((page) => this.deliver(page, true) || this.deliver(page, false));
      while (isBusy());
    }
  }

  const page = fc.nat(2);
  const step = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant('type' as const),
        page,
        place: fc.nat(50),
        letters: fc.constantFrom('a', 'bc', '😀', ''),
      }),
    },
    {
      weight: 6,
      arbitrary: fc.record({ do: fc.constant('deliver' as const), page, isToServer: fc.boolean() }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('connect' as const, 'cut' as const), page }) },
  );

  test('end equal, whatever was cut, lost or late', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
        const world = new World();
        for (const one of steps) {
          if (one.do === 'type') world.type(one.page, one.place, one.letters);
          else if (one.do === 'deliver') world.deliver(one.page, one.isToServer);
          else world[one.do](one.page);
        }
        world.settle();
        for (const { text, unsent } of world.pages) {
          expect(text.toString()).toBe(world.shared.text);
          expect(unsent).toBe(0);
        }
      }),
      { numRuns: 50 },
    );
  });

  test('keep both of two edits made apart, and send all of one side as one update', () => {
    const world = new World();
    world.type(0, 0, 'B');
    world.settle();
    world.cut(0);
    world.type(0, 0, 'A');
    world.type(1, 1, 'C');
    expect(world.pages[0].unsent).toBe(1);
    world.settle();
    expect(world.pages.map(({ text }) => text.toString())).toEqual(['ABC', 'ABC', 'ABC']);
  });

  test('send nothing back: one change is one message to the server and one to each other page', () => {
    const world = new World();
    world.settle();
    const before = world.delivered;
    world.type(0, 0, 'a');
    for (const page of world.pages.keys()) while (world.deliver(page, true) || world.deliver(page, false));
    expect(world.delivered - before).toBe(3);
  });

  test('bring the document back after the server has lost it', () => {
    const world = new World();
    world.type(0, 0, 'kept');
    world.settle();
    const next = new SharedDocument(() => {});
    next.apply(Y.encodeStateAsUpdate(world.pages[2].doc), 2);
    expect(next.text).toBe('kept');
  });
});

describe('the server', () => {
  let port: number;
  let clock: VirtualClock;
  /** On the server's side, in the order they came. */
  let connections: Connection[];

  beforeEach(async () => {
    clock = new VirtualClock();
    connections = [];
    const scenario = editor(clock);
    const server = createServer();
    const sockets = new Set<Duplex>();
    server.on('upgrade', (request, socket, head) => {
      sockets.add(socket);
      const connection = acceptUpgrade(request, socket, head, { protocols: [scenario.subprotocol] });
      if (!connection) return;
      scenario.accept(connection);
      connections.push(connection);
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    port = (server.address() as AddressInfo).port;
    onTestFinished(async () => {
      scenario.stop();
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    });
  });

  /** An independent client, by `ws`, with a copy of its own. */
  class Client {
    readonly socket: WebSocket;
    readonly replica = new Replica();
    readonly received: Uint8Array[] = [];
    readonly closed: Promise<[code: number, reason: string]>;

    constructor(options = {}) {
      this.socket = new WebSocket(`ws://127.0.0.1:${port}`, subprotocol, options);
      this.socket.on('message', (data: Buffer) => this.#onMessage(data));
      this.closed = once(this.socket, 'close').then(([code, reason]) => [code, String(reason)]);
    }

    static async join(options = {}): Promise<Client> {
      const client = new Client(options);
      await once(client.socket, 'open');
      client.replica.connect((message) => client.socket.send(message));
      await client.has(Kind.Update);
      return client;
    }

    /** Waits for the first message of this kind that was not asked for yet. */
    async has(kind: number): Promise<Uint8Array> {
      for (;;) {
        const at = this.received.findIndex((message) => message[0] === kind);
        if (at >= 0) return this.received.splice(at, 1)[0].subarray(1);
        await once(this.socket, 'message');
      }
    }

    #onMessage(data: Buffer): void {
      this.received.push(data);
      const { kind, body } = decodeMessage(data);
      if (kind === Kind.Have) this.replica.onHave(body);
      if (kind === Kind.Update) this.replica.onUpdate(body);
    }
  }

  test('gives a newcomer the text, and each change to all others', async () => {
    const ada = await Client.join();
    ada.replica.text.insert(0, 'Hello');
    const ben = await Client.join();
    expect(ben.replica.text.toString()).toBe('Hello');
    ben.replica.text.insert(5, ', Ada');
    await ada.has(Kind.Update);
    expect(ada.replica.text.toString()).toBe('Hello, Ada');
    // Ben gets nothing of his own: the next thing he hears is Ada's.
    ada.replica.text.insert(0, '* ');
    const update = await ben.has(Kind.Update);
    expect(Y.decodeUpdate(update).structs[0].id.client).toBe(ada.replica.doc.clientID);
  });

  test('tells nothing to whoever has not said what they have', async () => {
    const ada = await Client.join();
    ada.replica.text.insert(0, 'one');
    const [ben, late] = [await Client.join(), new Client()];
    await late.has(Kind.Have);
    ada.replica.text.insert(3, ' two');
    await ben.has(Kind.Update);
    late.replica.connect((message) => late.socket.send(message));
    // The first that they get is everything.
    const copy = new Y.Doc();
    Y.applyUpdate(copy, await late.has(Kind.Update));
    expect(copy.getText('text').toString()).toBe('one two');
  });

  test('tells who is here, newcomers too, until they go', async () => {
    const ada = await Client.join();
    const hers = encodePresence({ name: 'Ada', caret: encodeCaret(ada.replica.text, 0) });
    ada.socket.send(encodeMessage(Kind.Me, hers));
    ada.replica.text.insert(0, 'x');
    const ben = await Client.join();
    const someone = await ben.has(Kind.Someone);
    expect(decodePresence(someone.subarray(4)).name).toBe('Ada');
    expect(ben.replica.text.toString()).toBe('x');
    ada.socket.close();
    expect(decodeId(await ben.has(Kind.Gone))).toBe(decodeId(someone));
  });

  test.each<[string, string | Uint8Array, number, string]>([
    ['text', 'hello', 1003, 'Messages are binary here.'],
    ['nothing', new Uint8Array(), 1008, 'There is no message of kind undefined.'],
    ['a kind that is none', Uint8Array.of(9), 1008, 'There is no message of kind 9.'],
    ['noise as an update', Uint8Array.of(Kind.Update, 1, 2, 3), 1008, 'This is not an update of Yjs.'],
    ['noise as a state vector', Uint8Array.of(Kind.Have, 9), 1008, 'This is not a state vector.'],
    ['a nameless person', Uint8Array.of(Kind.Me, 0), 1008, 'This is not a name and a caret.'],
    [
      'a long update',
      encodeMessage(Kind.Update, new Uint8Array(65_537)),
      1009,
      'This update is larger than a document may be.',
    ],
  ])('closes on %s, and nobody else is disturbed', async (_what, message, code, reason) => {
    const [ada, eve] = await Promise.all([Client.join(), Client.join()]);
    eve.socket.send(message);
    // What comes behind it is not looked at.
    eve.replica.text.insert(0, 'too late');
    expect(await eve.closed).toEqual([code, reason]);
    const ben = await Client.join();
    ben.replica.text.insert(0, 'on we go');
    await ada.has(Kind.Update);
    expect(ada.replica.text.toString()).toBe('on we go');
  });

  test('closes on more messages than anyone types', async () => {
    const eve = await Client.join();
    for (let n = 0; n < 300; n++) eve.replica.text.insert(0, 'x');
    expect(await eve.closed).toEqual([1008, 'Too many messages.']);
  });

  test('does not keep for a slow reader what a state vector can ask for', async () => {
    const ada = await Client.join();
    ada.replica.text.insert(0, 'x'.repeat(60_000));
    const slow = await Client.join();
    slow.socket.pause();
    for (let n = 0; n < 250; n++) slow.socket.send(Uint8Array.of(Kind.Have, 0));
    await Client.join();
    slow.socket.resume();
    expect((await slow.closed)[0]).toBe(1013);
  });

  test('takes whoever vanishes without a word off the list', async () => {
    const ada = await Client.join();
    const eve = await Client.join({ autoPong: false });
    eve.socket.send(encodeMessage(Kind.Me, encodePresence({ name: 'Eve', caret: noCaret })));
    await ada.has(Kind.Someone);
    const answered = once(connections[0], 'pong');
    clock.advance(15_000);
    await answered;
    clock.advance(15_000);
    await ada.has(Kind.Gone);
    expect(await eve.closed).toEqual([1006, '']);
    expect(ada.socket.readyState).toBe(WebSocket.OPEN);
  });

  test('serves fifty, and the next one when somebody has gone', async () => {
    const people = await Promise.all(Array.from({ length: 50 }, () => Client.join()));
    const late = new Client();
    expect((await late.closed)[0]).toBe(1013);
    people[0].socket.close();
    await people[0].closed;
    await Client.join();
  });
});
