import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { messageLimits } from '#labs/10-protocol';
import { getTicket, signIn, startChat, TestClient } from './chat-support.ts';

describe.each(['labs', 'ws'] as const)('the chat on --engine %s', (engine) => {
  describe('auth', () => {
    test('a good ticket is answered with welcome, on subprotocol chat.v1', async () => {
      const { host } = await startChat(engine);
      const { session, user } = await signIn(host, 'Ada');
      const client = new TestClient(host);
      await once(client.socket, 'open');
      expect(client.socket.protocol).toBe('chat.v1');
      client.send({ type: 'auth', ticket: await getTicket(host, session) });
      expect(await client.next('welcome')).toEqual({
        type: 'welcome',
        user,
        heartbeatMs: 15_000,
        limits: expect.objectContaining({ maxContentLength: 4_000 }),
      });
    });

    test('anything before it is refused, and the connection kept', async () => {
      const { host } = await startChat(engine);
      const client = new TestClient(host);
      await once(client.socket, 'open');
      for (const text of [
        '{"type":"join","room":"lobby"}',
        '{"type":"ping"}',
        'nonsense',
        '{"type":"auth"}',
      ]) {
        client.socket.send(text);
        expect(await client.next('error')).toMatchObject({ code: 'unauthenticated' });
      }
      client.send({ type: 'auth', ticket: await getTicket(host, (await signIn(host, 'Ada')).session) });
      await client.next('welcome');
    });

    test('a ticket works once', async () => {
      const { host } = await startChat(engine);
      const ticket = await getTicket(host, (await signIn(host, 'Ada')).session);
      const [first, second] = [new TestClient(host), new TestClient(host)];
      await Promise.all([once(first.socket, 'open'), once(second.socket, 'open')]);
      first.send({ type: 'auth', ticket });
      await first.next('welcome');
      second.send({ type: 'auth', ticket });
      expect(await second.next('error')).toMatchObject({ code: 'unauthenticated' });
    });

    test('without it the connection is closed with 1008 at the deadline', async () => {
      const { host } = await startChat(engine, { authDeadlineMs: 50 });
      expect(await new TestClient(host).closed).toBe(1008);
    });

    test('a second one is a bad message', async () => {
      const { host } = await startChat(engine);
      const client = await TestClient.join(host, 'Ada');
      client.send({ type: 'auth', ticket: 'another' });
      expect(await client.next('error')).toMatchObject({ code: 'bad_message' });
    });
  });

  describe('rooms', () => {
    test('join tells who is there; the others learn who came and who left', async () => {
      const { host } = await startChat(engine);
      const ada = await TestClient.join(host, 'Ada');
      expect(await ada.enter('lobby')).toEqual({
        type: 'joined',
        room: 'lobby',
        epoch: expect.any(String),
        seq: 0,
        recovered: false,
        messages: [],
        members: [ada.user],
      });
      const ben = await TestClient.join(host, 'Ben');
      expect((await ben.enter('lobby')).members).toEqual([ada.user, ben.user]);
      expect(await ada.next('presence')).toEqual({
        type: 'presence',
        room: 'lobby',
        user: ben.user,
        event: 'joined',
      });
      ben.send({ type: 'leave', room: 'lobby' });
      expect(await ada.next('presence')).toMatchObject({ user: ben.user, event: 'left' });
      expect(await ben.settled()).toEqual([]);
    });

    test('a user with two tabs joins once, and leaves with the last of them', async () => {
      const { host } = await startChat(engine);
      const ada = await TestClient.join(host, 'Ada');
      await ada.enter('lobby');
      const { session } = await signIn(host, 'Ben');
      const [first, second] = [
        await TestClient.join(host, 'Ben', session),
        await TestClient.join(host, 'Ben', session),
      ];
      await first.enter('lobby');
      expect((await second.enter('lobby')).members).toHaveLength(2);
      expect(await ada.settled()).toMatchObject([{ type: 'presence', event: 'joined' }]);
      first.socket.close();
      await first.closed;
      expect(await ada.settled()).toEqual([]);
      second.socket.terminate();
      expect(await ada.next('presence')).toMatchObject({ user: second.user, event: 'left' });
    });

    test('chat reaches everyone in the room, numbered from 1, and nobody else', async () => {
      const { host } = await startChat(engine);
      const [ada, ben, cleo] = await Promise.all(
        ['Ada', 'Ben', 'Cleo'].map((name) => TestClient.join(host, name)),
      );
      await ada.enter('lobby');
      await ben.enter('lobby');
      await cleo.enter('kitchen');
      for (const [index, content] of ['one', 'zwei ☕', 'x'.repeat(4_000)].entries()) {
        ada.send({ type: 'chat', id: `m${index}`, room: 'lobby', content });
        expect(await ada.next('ack')).toEqual({
          type: 'ack',
          id: `m${index}`,
          room: 'lobby',
          seq: index + 1,
        });
        const seen = await ben.next('chat');
        expect(seen).toEqual({
          type: 'chat',
          room: 'lobby',
          seq: index + 1,
          id: `m${index}`,
          from: ada.user,
          content,
          at: expect.any(Number),
        });
        expect(Math.abs(Date.now() - seen.at)).toBeLessThan(60_000);
        expect(await ada.next('chat')).toEqual(seen);
      }
      expect(await cleo.settled()).toEqual([]);
    });

    test('a repeat is acknowledged with the same seq, and not repeated, after a reconnect too', async () => {
      const { host } = await startChat(engine);
      const ben = await TestClient.join(host, 'Ben');
      await ben.enter('lobby');
      const { session } = await signIn(host, 'Ada');
      const first = await TestClient.join(host, 'Ada', session);
      await first.enter('lobby');
      const message = { type: 'chat', id: 'same', room: 'lobby', content: 'once' } as const;
      first.send(message);
      const ack = await first.next('ack');
      first.socket.terminate();
      const again = await TestClient.join(host, 'Ada', session);
      await again.enter('lobby');
      again.send(message);
      expect(await again.next('ack')).toEqual(ack);
      // The id is the user's own: another user's message may have it too.
      ben.send({ ...message, content: 'mine' });
      expect(await ben.next('ack')).toMatchObject({ seq: 2 });
      const contents = (await ben.settled()).flatMap((sent) => (sent.type === 'chat' ? [sent.content] : []));
      expect(contents).toEqual(['mine']);
    });

    test('chat and leave outside a room are refused', async () => {
      const { host } = await startChat(engine);
      const client = await TestClient.join(host, 'Ada');
      client.send({ type: 'chat', id: 'm1', room: 'lobby', content: 'hello?' });
      expect(await client.next('error')).toMatchObject({ code: 'not_in_room', id: 'm1' });
      client.send({ type: 'leave', room: 'lobby' });
      expect(await client.next('error')).toMatchObject({ code: 'not_in_room' });
      await client.enter('lobby');
    });

    test('a connection may be in a hundred rooms, and is forbidden more', async () => {
      const { host } = await startChat(engine);
      const client = await TestClient.join(host, 'Ada');
      for (let room = 0; room < 101; room++) client.send({ type: 'join', room: `room ${room}` });
      expect(await client.next('error')).toMatchObject({ code: 'forbidden' });
    });
  });

  describe('resume', () => {
    test('since within the history brings exactly what was missed', async () => {
      const { host } = await startChat(engine);
      const ada = await TestClient.join(host, 'Ada');
      const { epoch } = await ada.enter('lobby');
      for (let n = 1; n <= 60; n++) ada.send({ type: 'chat', id: `m${n}`, room: 'lobby', content: `${n}` });
      await ada.settled();
      const ben = await TestClient.join(host, 'Ben');
      const seqs = (joined: { messages: { seq: number }[] }) => joined.messages.map(({ seq }) => seq);
      const missed = await ben.enter('lobby', { epoch, seq: 57 });
      expect(missed).toMatchObject({ recovered: true, epoch, seq: 60 });
      expect(seqs(missed)).toEqual([58, 59, 60]);
      expect(await ben.enter('lobby', { epoch, seq: 60 })).toMatchObject({ recovered: true, messages: [] });
      expect(seqs(await ben.enter('lobby', { epoch, seq: 0 }))).toHaveLength(60);
      for (const since of [undefined, { epoch: 'another', seq: 57 }, { epoch, seq: 61 }]) {
        const fresh = await ben.enter('lobby', since);
        expect(fresh.recovered).toBe(false);
        expect(seqs(fresh)).toEqual(Array.from({ length: 50 }, (_, index) => index + 11));
      }
    });

    test('a room everyone has left keeps its messages', async () => {
      const { host } = await startChat(engine);
      const client = await TestClient.join(host, 'Ada');
      const { epoch } = await client.enter('lobby');
      client.send({ type: 'chat', id: 'm1', room: 'lobby', content: 'still here' });
      client.send({ type: 'leave', room: 'lobby' });
      await client.settled();
      expect(await client.enter('lobby', { epoch, seq: 0 })).toMatchObject({
        recovered: true,
        messages: [{ content: 'still here' }],
        members: [client.user],
      });
    });
  });

  describe('direct', () => {
    test('reaches every connection of the user it is for, once, and only them', async () => {
      const { host } = await startChat(engine);
      const ada = await TestClient.join(host, 'Ada');
      const { session } = await signIn(host, 'Ben');
      const [first, second] = [
        await TestClient.join(host, 'Ben', session),
        await TestClient.join(host, 'Ben', session),
      ];
      const cleo = await TestClient.join(host, 'Cleo');
      for (let time = 0; time < 2; time++) {
        ada.send({ type: 'direct', id: 'd1', to: first.user.id, content: 'psst' });
        expect(await ada.next('ack')).toEqual({ type: 'ack', id: 'd1' });
      }
      const direct = { type: 'direct', id: 'd1', from: ada.user, content: 'psst', at: expect.any(Number) };
      expect(await first.settled()).toEqual([direct]);
      expect(await second.settled()).toEqual([direct]);
      expect(await cleo.settled()).toEqual([]);
    });

    test('to nobody who is connected is refused', async () => {
      const { host } = await startChat(engine);
      const ada = await TestClient.join(host, 'Ada');
      const { user } = await signIn(host, 'Ben');
      ada.send({ type: 'direct', id: 'd1', to: user.id, content: 'psst' });
      expect(await ada.next('error')).toMatchObject({ code: 'unknown_user', id: 'd1' });
    });
  });

  describe('bad messages', () => {
    test.each([
      ['no JSON', 'hello'],
      ['JSON that is no object', '[1]'],
      ['null', 'null'],
      ['no type', '{}'],
      ['an unknown type', '{"type":"shout"}'],
      ['a field of the wrong type', '{"type":"join","room":7}'],
      ['a room with no name', '{"type":"join","room":" "}'],
      ['a room with a line break', '{"type":"join","room":"a\\nb"}'],
      ['a negative seq', '{"type":"join","room":"a","since":{"epoch":"e","seq":-1}}'],
    ])('%s is answered with bad_message, and the connection kept', async (_, text) => {
      const { host } = await startChat(engine);
      const client = await TestClient.join(host, 'Ada');
      client.socket.send(text);
      expect(await client.next('error')).toMatchObject({ code: 'bad_message', message: expect.any(String) });
      await client.enter('lobby');
    });

    test('a binary message is one', async () => {
      const { host } = await startChat(engine);
      const client = await TestClient.join(host, 'Ada');
      client.socket.send(Buffer.from('{"type":"ping"}'));
      expect(await client.next('error')).toMatchObject({ code: 'bad_message' });
      await client.enter('lobby');
    });

    test('the id of a bad message comes back with the error', async () => {
      const { host } = await startChat(engine);
      const client = await TestClient.join(host, 'Ada');
      client.socket.send('{"type":"chat","id":"m1","room":"lobby","content":""}');
      expect(await client.next('error')).toMatchObject({ code: 'bad_message', id: 'm1' });
    });

    test('too long is too_large and the connection kept; past the frame limit it is 1009', async () => {
      const { host } = await startChat(engine);
      const client = await TestClient.join(host, 'Ada');
      await client.enter('lobby');
      const content = 'x'.repeat(messageLimits.maxContentLength + 1);
      client.send({ type: 'chat', id: 'long', room: 'lobby', content });
      expect(await client.next('error')).toMatchObject({ code: 'too_large', id: 'long' });
      client.socket.send('x'.repeat(messageLimits.maxMessageLength + 1));
      expect(await client.next('error')).toMatchObject({ code: 'too_large' });
      await client.enter('lobby');
      client.socket.send('x'.repeat(1_048_577));
      expect(await client.closed).toBe(1009);
    });
  });

  test('ping is answered with pong', async () => {
    const { host } = await startChat(engine);
    const client = await TestClient.join(host, 'Ada');
    client.send({ type: 'ping' });
    expect(await client.next('pong')).toEqual({ type: 'pong' });
  });

  test('a flood is answered with rate_limited and when to try again; others are not disturbed', async () => {
    const { host } = await startChat(engine);
    const [flooder, other] = [await TestClient.join(host, 'Ada'), await TestClient.join(host, 'Ben')];
    await flooder.enter('lobby');
    for (let n = 0; n < 400; n++)
      flooder.send({ type: 'chat', id: `m${n}`, room: 'lobby', content: 'flood' });
    const error = await flooder.next('error');
    expect(error).toMatchObject({ code: 'rate_limited', id: expect.stringMatching(/^m\d+$/) });
    expect(error.retryAfterMs).toBeGreaterThan(0);
    expect(await other.settled()).toEqual([]);
  });

  test('a reader that stops reading is closed with 1013, the others go on', async () => {
    const { host } = await startChat(engine);
    const slow = await TestClient.join(host, 'Slow');
    slow.socket.pause();
    // More than the kernel buffers for a socket, and the server's own bound on top: about 14 MB.
    const senders = await Promise.all(Array.from({ length: 6 }, () => TestClient.join(host, 'Ada')));
    for (const sender of senders) {
      for (let n = 0; n < 190; n++) {
        sender.send({ type: 'direct', id: `m${n}`, to: slow.user.id, content: '€'.repeat(4_000) });
      }
    }
    for (const sender of senders) expect(await sender.settled()).toHaveLength(190);
    slow.socket.resume();
    expect(await slow.closed).toBe(1013);
  });

  test('a peer that answers no ping is cut off', async () => {
    const { host } = await startChat(engine, { heartbeatMs: 40 });
    const dead = new WebSocket(`ws://${host}/chat`, 'chat.v1', { autoPong: false });
    expect((await once(dead, 'close'))[0]).toBe(1006);
  });

  test('a peer that answers pings is not', async () => {
    const { host } = await startChat(engine, { heartbeatMs: 700 });
    const client = await TestClient.join(host, 'Ada');
    for (let ping = 0; ping < 3; ping++) await once(client.socket, 'ping');
    expect(await client.settled()).toEqual([]);
  });

  test('at shutdown each client is told when to come back, then closed with 1012', async () => {
    const { host, close } = await startChat(engine);
    const clients = await Promise.all(['Ada', 'Ben'].map((name) => TestClient.join(host, name)));
    const closing = close();
    for (const client of clients) {
      expect((await client.next('drain')).reconnectInMs).toBeGreaterThanOrEqual(0);
      expect(await client.closed).toBe(1012);
    }
    await closing;
    await expect(fetch(`http://${host}/healthz`)).rejects.toThrow();
  });
});
