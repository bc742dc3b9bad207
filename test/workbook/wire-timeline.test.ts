import { describe, expect, test } from 'vitest';
import { Opcode } from '#labs/03-frames';
import { PermessageDeflate } from '#labs/07-compression';
import { LinkType, type Packet } from '#labs/09-wire';
import type { WireEvent } from '../../workbook/wire/conversation.ts';
import { WireReader } from '../../workbook/wire/wire-reader.ts';
import { exampleKey, frameBytes } from '../support/frames.ts';
import { captured, ipv4, link, Talk, tcp, upgradeRequest, upgradeResponse } from '../support/packets.ts';
import { inWordsBySide, readPackets } from '../support/wire-events.ts';

const masked = (payload: string) => frameBytes({ opcode: 1, payload: Buffer.from(payload), key: exampleKey });
const plain = (payload: string) => frameBytes({ opcode: 1, payload: Buffer.from(payload) });
const said = (packets: readonly Packet[]) => inWordsBySide(readPackets(packets));
const message = (side: string, text: string) => [
  `${side}: frame text "${text}"`,
  `${side}: message text "${text}"`,
];
const handshake = ['client: handshake', 'server: handshake'];

describe('the handshake', () => {
  test('is found however it is cut, and frames right behind the answer with it', () => {
    const request = upgradeRequest();
    for (const size of [1, 7, 50]) {
      const talk = new Talk().open();
      for (let at = 0; at < request.length; at += size) talk.send('client', request.slice(at, at + size));
      talk.send(
        'server',
        Buffer.concat([Buffer.from(upgradeResponse()), plain('a'), plain('b').subarray(0, 2)]),
      );
      talk.send('server', plain('b').subarray(2)).send('client', masked('c'));
      const expected = [
        ...handshake,
        ...message('server', 'a'),
        ...message('server', 'b'),
        ...message('client', 'c'),
      ];
      expect(said(talk.packets)).toEqual(expected);
    }
  });

  test('has the start lines and headers as they were sent', () => {
    const [request, response] = readPackets(new Talk().open().upgrade('X-One:  1 \r\nx-one: 2\r\n').packets);
    expect(request).toMatchObject({
      request: {
        startLine: 'GET /chat HTTP/1.1',
        headers: expect.arrayContaining([
          ['X-One', '1'],
          ['x-one', '2'],
        ]),
      },
      client: '10.0.0.1:49152',
      server: '10.0.0.2:8080',
    });
    expect(response).toMatchObject({ response: { startLine: 'HTTP/1.1 101 Switching Protocols' } });
  });

  test('may come after other requests on the same connection, and after a refusal', () => {
    const talk = new Talk().open();
    talk
      .send('client', 'GET / HTTP/1.1\r\nHost: a\r\n\r\n')
      .send('server', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    talk.send('client', 'POST /session HTTP/1.1\r\n\r\n{}').send('server', 'HTTP/1.1 204 No Content\r\n\r\n');
    talk
      .send('client', upgradeRequest())
      .send('server', 'HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno');
    talk.upgrade().send('client', masked('in'));
    expect(said(talk.packets)).toEqual([...handshake, ...handshake, ...message('client', 'in')]);
  });

  test('with a wrong accept key is an error, and its frames are read', () => {
    const talk = new Talk().open().send('client', upgradeRequest());
    talk.send('server', upgradeResponse().replace('s3pP', 'XXXX')).send('server', plain('a'));
    expect(said(talk.packets)).toEqual([...handshake, 'server: error', ...message('server', 'a')]);
  });

  test('frames sent before the answer wait for it', () => {
    const talk = new Talk().open().send('client', upgradeRequest()).send('client', masked('early'));
    talk.send('server', upgradeResponse());
    expect(said(talk.packets)).toEqual([...handshake, ...message('client', 'early')]);
  });

  test('of which the capture cut the ends is told as far as it goes; frames are found by themselves', () => {
    const talk = new Talk().open();
    talk
      .send('client', upgradeRequest(), { snaplen: 14 + 40 + 90 })
      .send('server', upgradeResponse(), { snaplen: 14 + 40 + 60 });
    talk.send('client', masked('a')).send('server', plain('b'));
    const gaps = readPackets(talk.packets).flatMap((event) => (event.kind === 'gap' ? [event.missing] : []));
    expect(gaps).toEqual([upgradeRequest().length - 90, upgradeResponse().length - 60]);
    const told = said(talk.packets).filter((line) => !line.includes('gap'));
    expect(told).toEqual([...handshake, ...message('client', 'a'), ...message('server', 'b')]);
  });

  test('of which the answer is missing: frames show that it was a yes', () => {
    const talk = new Talk().open().upgrade();
    const answer = talk.packets.pop();
    talk.send('client', masked('a')).send('server', plain('b')).send('client').send('server', plain('c'));
    const lost = answer ? answer.originalLength - 54 : 0;
    const events = said(talk.packets);
    expect(events).toEqual([
      'client: handshake',
      ...[`server: gap ${lost}`],
      ...message('client', 'a'),
      ...message('server', 'b'),
      ...message('server', 'c'),
    ]);
  });
});

describe('compression', () => {
  const parameters = {
    serverNoContextTakeover: false,
    clientNoContextTakeover: false,
    serverMaxWindowBits: 15,
    clientMaxWindowBits: 15,
  };
  const extension = 'Sec-WebSocket-Extensions: permessage-deflate\r\n';
  const deflated = (role: 'client' | 'server') => {
    const deflate = new PermessageDeflate({ role, parameters, threshold: 0 });
    return (text: string) => {
      const { payload, rsv1 } = deflate.send({ opcode: Opcode.Text, payload: Buffer.from(text) });
      return frameBytes({
        opcode: 1,
        payload,
        rsv: rsv1 ? 4 : 0,
        key: role === 'client' ? exampleKey : undefined,
      });
    };
  };

  test('is undone in both directions when it was agreed on', () => {
    const talk = new Talk().open().upgrade(extension, extension);
    const [fromClient, fromServer] = [deflated('client'), deflated('server')];
    for (const text of ['aaaaaaaaaaaaaaa', 'aaaaaaaaaaaaaaab'])
      talk.send('client', fromClient(text)).send('server', fromServer(text));
    const messages = readPackets(talk.packets).flatMap((event) =>
      event.kind === 'message' ? [`${event.from} ${event.data}`] : [],
    );
    expect(messages).toEqual(
      ['aaaaaaaaaaaaaaa', 'aaaaaaaaaaaaaaab'].flatMap((text) => [`client ${text}`, `server ${text}`]),
    );
  });

  test('that the server only offered itself is an error', () => {
    const talk = new Talk().open().upgrade('', extension).send('server', plain('a'));
    expect(said(talk.packets)).toEqual([...handshake, 'server: error', ...message('server', 'a')]);
  });

  test('that was offered in a way that nobody can read is an error', () => {
    const unreadable = 'Sec-WebSocket-Extensions: permessage-deflate; [client_max_window_bits\r\n';
    const talk = new Talk().open().upgrade(unreadable, extension).send('server', plain('a'));
    expect(said(talk.packets)).toEqual([...handshake, 'server: error', ...message('server', 'a')]);
  });

  test('in a capture that starts in the middle cannot be undone, which is said once', () => {
    const fromClient = deflated('client');
    const packets = new Talk()
      .send('client', fromClient('aaaaaaaaaaaaaaa'))
      .send('client', fromClient('aaaaaaaaaaaaaaab')).packets;
    const kinds = readPackets(packets).map(({ kind }) => kind);
    expect(kinds).toEqual(['frame', 'error', 'frame']);
  });
});

describe('who is who', () => {
  test('a capture from the middle is read once a client has sent whole frames', () => {
    const talk = new Talk()
      .send('server', plain('not known yet'))
      .send('client', masked('a'))
      .send('server', plain('b'));
    expect(said(talk.packets)).toEqual([...message('client', 'a'), ...message('server', 'b')]);
  });

  test('the side that masks is the client, whatever the ports say', () => {
    const talk = new Talk({ port: 80 }).send('client', masked('a')).send('server', plain('b'));
    const [event] = readPackets(talk.packets);
    expect(event).toMatchObject({ from: 'client', client: '10.0.0.1:80', server: '10.0.0.2:8080' });
    expect(said(talk.packets)).toEqual([...message('client', 'a'), ...message('server', 'b')]);
  });

  test('streams are counted by their first packet, also those that are none of ours', () => {
    const web = new Talk({ port: 1001 }).open().send('client', 'GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    const chat = new Talk({ port: 1002 }).open().upgrade();
    const other = new Talk({ port: 1003 }).open().send('server', '220 mail.example ESMTP\r\n');
    const late = new Talk({ port: 1004 }).open().upgrade();
    const packets = [web, chat, other, late].flatMap((talk) => talk.packets);
    expect(readPackets(packets).map(({ stream }) => stream)).toEqual([1, 1, 3, 3]);
  });

  test('the same ports again are another stream', () => {
    const first = new Talk({ client: 1000 }).open().upgrade().send('client', masked('a')).close();
    const second = new Talk({ client: 9000, at: 1_700_000_100_000_000 })
      .open()
      .upgrade()
      .send('client', masked('b'));
    const events = readPackets([...first.packets, ...second.packets]);
    const messages = events.flatMap((event) =>
      event.kind === 'message' ? [`${event.stream} ${event.data}`] : [],
    );
    expect(messages).toEqual(['0 a', '1 b']);
  });

  test('a SYN sent again is not', () => {
    const talk = new Talk().open().upgrade().send('client', masked('a'));
    const events = readPackets([talk.packets[0], ...talk.packets]);
    expect(new Set(events.map(({ stream }) => stream))).toEqual(new Set([0]));
  });
});

describe('the end', () => {
  test('a reset is told, with the side that sent it', () => {
    const talk = new Talk()
      .open()
      .upgrade()
      .send('client', masked('a').subarray(0, 3))
      .send('server', '', { flags: 'RA' });
    expect(said(talk.packets)).toEqual([...handshake, 'server: end rst']);
  });

  test('what waits behind a hole is told at the end of the capture', () => {
    const talk = new Talk().open().upgrade().send('client', masked('lost')).send('client', masked('a'));
    talk.packets.splice(-2, 1);
    expect(said(talk.packets)).toEqual([...handshake, 'client: gap 10', ...message('client', 'a')]);
  });
});

describe('what cannot be read', () => {
  test('TLS is told as TLS, once', () => {
    const hello = Buffer.from('160301000401000000', 'hex');
    const talk = new Talk()
      .open()
      .send('client', hello)
      .send('server', hello)
      .send('client', Buffer.from('1703030001ff', 'hex'));
    expect(said(talk.packets)).toEqual(['client: tls']);
  });

  test('packets that cannot be read are counted by reason; others are no concern', () => {
    const wire = new WireReader(() => {});
    const fragment = captured(link(LinkType.Ethernet, ipv4(tcp({}, 4), { fragment: 0x2000 })));
    const udp = captured(link(LinkType.Ethernet, ipv4(Buffer.alloc(8), { protocol: 17 })));
    for (const packet of [fragment, udp, fragment, { ...fragment, linkType: 147 }]) wire.push(packet);
    expect([...wire.unread.values()]).toEqual([2, 1]);
  });

  test('a stream of anything else is passed over', () => {
    const talk = new Talk().open();
    for (let turn = 0; turn < 50; turn++) {
      talk.send('client', Buffer.alloc(100, turn)).send('server', Buffer.alloc(300, 255 - turn));
    }
    expect(readPackets(talk.packets)).toEqual([]);
    expect(readPackets(talk.packets.slice(10)), 'from the middle').toEqual([]);
  });
});

test('any number of connections takes bounded memory: the silent ones are let go', () => {
  const events: WireEvent[] = [];
  const wire = new WireReader((event) => events.push(event));
  const chat = new Talk({ port: 1 }).open().upgrade();
  for (const packet of chat.packets) wire.push(packet);
  const { at, data: syn, ...rest } = chat.packets[0];
  for (let index = 0; index < 20_000; index++) {
    const data = Buffer.from(syn);
    data.writeUInt16BE(2 + index, 34);
    wire.push({ ...rest, at: at + index, data });
    // The chat is never silent for long.
    if (index % 5_000 === 0) {
      for (const packet of chat.send('client', masked('still here')).packets.slice(-1)) wire.push(packet);
    }
  }
  wire.end();
  expect(events.filter(({ kind }) => kind === 'message').length).toBe(4);
});
