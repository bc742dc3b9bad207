import { expect } from 'vitest';
import { PermessageDeflate } from '#labs/07-compression';
import { holdsWholeFrames, LinkType, readSegment } from '#labs/09-wire';
import { check } from './support/check.ts';
import { exampleKey, frameBytes, patternBytes } from './support/frames.ts';
import { bufferBytes } from './support/memory.ts';
import {
  captured,
  ipv4,
  ipv6,
  link,
  packet,
  segment,
  Talk,
  tcp,
  upgradeRequest,
  upgradeResponse,
} from './support/packets.ts';
import { everySplit } from './support/splits.ts';
import {
  Direction,
  expectPacketError,
  inWords,
  inWordsBySide,
  readFrames,
  readPackets,
  segmentIn,
} from './support/wire-events.ts';

const hello = Buffer.from('Hello');
const text = 1;
const binary = 2;
/** Frames of a server, and of a client. */
const plain = (payload: string | Buffer, more: { opcode?: number; fin?: boolean; rsv?: number } = {}) =>
  frameBytes({ opcode: text, payload: Buffer.from(payload), ...more });
const masked = (payload: string | Buffer, more: { opcode?: number; fin?: boolean; rsv?: number } = {}) =>
  frameBytes({ opcode: text, payload: Buffer.from(payload), key: exampleKey, ...more });

// Packets to segments

check(
  'A segment is found in an Ethernet frame with IPv4',
  {
    rfc: '9293 §3.1',
    hint: [
      'Three headers, one inside the other: 14 bytes, 20 or more, 20 or more. Which byte of each says how long it is, or what follows?',
      'EtherType at 12; in IPv4 the header length is the low half of byte 0, in words of four bytes; in TCP the high half of byte 12.',
    ],
  },
  () => {
    const given = packet({ from: 'server', seq: 0xfffffff0, ack: 0x80000001, flags: 'PA', payload: hello });
    const { payload, ...fields } = segmentIn('An Ethernet frame', given);
    expect(fields, 'What the headers say').toEqual({
      source: '10.0.0.2:8080',
      destination: '10.0.0.1:49152',
      seq: 0xfffffff0,
      ack: 0x80000001,
      syn: false,
      fin: false,
      rst: false,
      length: 5,
    });
    expect(payload.toString(), 'The payload').toBe('Hello');
  },
);

check(
  'SYN, FIN, RST and ACK are told apart',
  {
    rfc: '9293 §3.1',
    hint: [
      'One bit each, in byte 13 of the TCP header. Which?',
      'FIN 0x01, SYN 0x02, RST 0x04, ACK 0x10. Without ACK, the acknowledgment number means nothing: undefined.',
    ],
  },
  () => {
    for (const flags of ['S', 'SA', 'A', 'PA', 'FA', 'R', 'RA']) {
      const { syn, fin, rst, ack } = segmentIn(
        `A segment with the flags ${flags}`,
        packet({ flags, ack: 7 }),
      );
      expect({ syn, fin, rst, ack }, `The flags ${flags}`).toEqual({
        syn: flags.includes('S'),
        fin: flags.includes('F'),
        rst: flags.includes('R'),
        ack: flags.includes('A') ? 7 : undefined,
      });
    }
  },
);

check(
  'The payload ends where IP says, not where the frame ends',
  {
    rfc: '791 §3.1',
    hint: [
      'An Ethernet frame has at least 60 bytes. What is in the ones that a short packet leaves over?',
      'Total Length of IPv4 counts from the start of its header. The rest is padding.',
    ],
  },
  () => {
    const { payload, length } = segmentIn(
      'A padded frame',
      packet({ payload: Buffer.from('ab'), padding: 4 }),
    );
    expect([payload.toString(), length], 'Payload and length of two bytes, with four of padding').toEqual([
      'ab',
      2,
    ]);
    const empty = segmentIn('A padded frame', packet({ padding: 6 }));
    expect([empty.payload.length, empty.length], 'An ACK alone, with six bytes of padding').toEqual([0, 0]);
  },
);

check(
  'Options of IPv4 and of TCP are skipped',
  {
    rfc: '791 §3.1',
    hint: [
      'Is an IPv4 header always 20 bytes long? A TCP header?',
      'Both carry their length in words of four bytes: IHL, and Data Offset.',
    ],
  },
  () => {
    const options = Buffer.from('0101080a0000000100000002', 'hex');
    const segmentBytes = tcp({ options, payload: hello }, 4);
    const bytes = link(LinkType.Ethernet, ipv4(segmentBytes, { options: Buffer.from('94040000', 'hex') }));
    const found = segmentIn('A packet with options', captured(bytes));
    expect([found.payload.toString(), found.source], 'Payload and source').toEqual([
      'Hello',
      '10.0.0.1:49152',
    ]);
  },
);

check(
  'Every link type of the table is read',
  {
    rfc: '791 §3.1',
    hint: [
      'Ethernet is one of many. What stands before IP in each, and how many bytes is it?',
      'Cooked: 16 bytes, EtherType last; version 2: 20 bytes, EtherType first; null and loop: 4; raw: none.',
    ],
  },
  () => {
    for (const [name, linkType] of [...Object.entries(LinkType), ['raw, on OpenBSD', 12] as const]) {
      for (const version of [4, 6] as const) {
        if ((linkType === LinkType.Ipv4 && version === 6) || (linkType === LinkType.Ipv6 && version === 4))
          continue;
        const what = `Link type ${linkType} (${name}) with IPv${version}`;
        const { payload, source } = segmentIn(what, packet({ linkType, version, payload: hello }));
        expect([payload.toString(), source], what).toEqual([
          'Hello',
          version === 4 ? '10.0.0.1:49152' : '[fd00::1]:49152',
        ]);
      }
    }
  },
);

check(
  'The address family of a loopback packet comes in either byte order',
  {
    rfc: '791 §3.1',
    hint: [
      'Who wrote these four bytes: the network, or the machine that captured?',
      'Link type 0 has the byte order of that machine. The family is a small number: it is in the first byte or in the last.',
    ],
  },
  () => {
    for (const bigEndian of [false, true]) {
      for (const version of [4, 6] as const) {
        const ip = version === 4 ? ipv4(tcp({ payload: hello }, 4)) : ipv6(tcp({ payload: hello }, 6));
        const given = captured(link(LinkType.Null, ip, { bigEndian }), { linkType: LinkType.Null });
        const what = `Link type 0, IPv${version}, ${bigEndian ? 'big' : 'little'}-endian`;
        expect(segmentIn(what, given).payload.toString(), what).toBe('Hello');
      }
    }
    const appleTalk = Buffer.concat([Buffer.of(16, 0, 0, 0), ipv4(tcp({}, 4))]);
    expect(
      readSegment(captured(appleTalk, { linkType: LinkType.Null })),
      'A family that is not IP',
    ).toBeUndefined();
  },
);

check(
  'VLAN tags before the EtherType are skipped',
  {
    rfc: '791 §3.1',
    hint: [
      'What does EtherType 0x8100 say about the next four bytes?',
      'Two bytes of tag, then another EtherType: which may be a tag again.',
    ],
  },
  () => {
    for (const vlans of [[5], [5, 7]]) {
      const bytes = link(LinkType.Ethernet, ipv4(tcp({ payload: hello }, 4)), { vlans });
      const what = `A frame with ${vlans.length} VLAN tags`;
      expect(segmentIn(what, captured(bytes)).payload.toString(), what).toBe('Hello');
    }
  },
);

check(
  'Extension headers of IPv6 are skipped',
  {
    rfc: '8200 §4',
    hint: [
      'The Next Header field need not say TCP at once. What does each header in between say of itself?',
      'Its first byte is the next kind, its second its length in units of 8 bytes, not counting the first 8. The Fragment header has 8.',
    ],
  },
  () => {
    const hopByHop = { kind: 0, bytes: Buffer.alloc(8) };
    const routing = { kind: 43, bytes: Buffer.concat([Buffer.of(0, 1), Buffer.alloc(14)]) };
    const destination = { kind: 60, bytes: Buffer.alloc(8) };
    const atomicFragment = { kind: 44, bytes: Buffer.alloc(8) };
    for (const extensions of [
      [hopByHop],
      [routing],
      [hopByHop, routing, destination],
      [atomicFragment, destination],
    ]) {
      const kinds = extensions.map(({ kind }) => kind).join(', ');
      const ip = ipv6(tcp({ payload: hello }, 6), { extensions });
      const found = segmentIn(`Extension headers ${kinds}`, captured(link(LinkType.Ethernet, ip)));
      expect([found.payload.toString(), found.length], `After extension headers ${kinds}`).toEqual([
        'Hello',
        5,
      ]);
    }
  },
);

check(
  'A packet that the capture cut says how much it lacks',
  {
    rfc: '9293 §3.1',
    hint: [
      'tcpdump -s 68 keeps 68 bytes of a packet. How long was it on the wire?',
      'length comes from the headers; payload is what there is of it, which may be less, or nothing.',
    ],
  },
  () => {
    for (const version of [4, 6] as const) {
      const whole = packet({ version, payload: hello }).data.length;
      for (const left of [0, 2, 5]) {
        const found = segmentIn(
          'A cut packet',
          packet({ version, payload: hello, snaplen: whole - 5 + left }),
        );
        expect(
          [found.payload.toString(), found.length],
          `IPv${version}, ${left} of 5 bytes captured`,
        ).toEqual(['Hello'.slice(0, left), 5]);
      }
    }
  },
);

check(
  'A packet that cannot be read is refused, not guessed at',
  {
    rfc: '791 §3.2',
    hint: [
      'What do you know of the ports in the second fragment of a packet? Of a header of which half is there?',
      'PacketError: for fragments, unknown link types, headers that are cut, and lengths that contradict each other.',
    ],
  },
  () => {
    const segmentBytes = tcp({ payload: hello }, 4);
    const ethernet = (ip: Buffer) => captured(link(LinkType.Ethernet, ip));
    expectPacketError(
      'The first fragment of an IPv4 packet',
      ethernet(ipv4(segmentBytes, { fragment: 0x2000 })),
    );
    expectPacketError(
      'A later fragment of an IPv4 packet',
      ethernet(ipv4(segmentBytes, { fragment: 0x0003 })),
    );
    const fragment = { kind: 44, bytes: Buffer.from('0000000100000001', 'hex') };
    expectPacketError('A fragment of an IPv6 packet', ethernet(ipv6(tcp({}, 6), { extensions: [fragment] })));
    expectPacketError('Link type 127, 802.11', { ...packet(), linkType: 127 });
    const { data } = packet();
    for (const snaplen of [0, 13, 20, 33, 40, data.length - 1]) {
      expectPacketError(`A packet captured to ${snaplen} bytes, within its headers`, packet({ snaplen }));
    }
    expectPacketError(
      'IPv4 that claims more than the packet has',
      ethernet(ipv4(segmentBytes, { length: 1400 })),
    );
    expectPacketError('IPv4 that ends within the TCP header', ethernet(ipv4(segmentBytes, { length: 30 })));
    const shortOffset = Buffer.from(segmentBytes);
    shortOffset[12] = 0x40;
    expectPacketError('A TCP header of 16 bytes', ethernet(ipv4(shortOffset)));
  },
);

check(
  'Packets of other protocols are passed over',
  {
    rfc: '791 §3.1',
    hint: [
      'Is everything on a network TCP?',
      'undefined, without an error: ARP by its EtherType, UDP by the Protocol field of IPv4 or the last Next Header of IPv6.',
    ],
  },
  () => {
    const arp = packet().data;
    arp.writeUInt16BE(0x0806, 12);
    const others = {
      'An ARP packet': captured(arp),
      'UDP over IPv4': captured(link(LinkType.Ethernet, ipv4(Buffer.alloc(8), { protocol: 17 }))),
      'UDP over IPv6': captured(link(LinkType.Ethernet, ipv6(Buffer.alloc(8), { protocol: 17 }))),
      'A fragment of UDP': captured(
        link(LinkType.Ethernet, ipv4(Buffer.alloc(8), { protocol: 17, fragment: 0x2000 })),
      ),
    };
    for (const [what, given] of Object.entries(others)) expect(readSegment(given), what).toBeUndefined();
  },
);

// Segments to bytes

check(
  'Bytes in order are handed out at once, from the one after the SYN',
  {
    rfc: '9293 §3.4',
    hint: [
      'The SYN has a sequence number of its own. Which number has the first byte of payload?',
      'The SYN counts as one: the first byte is at seq + 1.',
    ],
  },
  () => {
    const direction = new Direction();
    direction.push(segment(1000, '', { syn: true }), segment(1001, 'ab'));
    expect(direction.told, 'After a SYN with number 1000 and two bytes at 1001').toEqual(['bytes ab']);
    direction.push(segment(1003, ''), segment(1003, 'cd'));
    expect(direction.told, 'After an ACK and two more bytes').toEqual(['bytes abcd']);
    const withData = new Direction().push(segment(7, 'ab', { syn: true }), segment(10, 'cd'));
    expect(withData.told, 'Bytes in the SYN itself come after its number').toEqual(['bytes abcd']);
  },
);

check(
  'A capture that starts in the middle begins with the first payload',
  {
    rfc: '9293 §3.4',
    hint: [
      'No SYN: which is the first number you can know?',
      'The number of the first segment with payload. It is no gap: what came before was never looked for.',
    ],
  },
  () => {
    const direction = new Direction().push(
      segment(4_000_000_000, ''),
      segment(4_000_000_000, 'ab'),
      segment(4_000_000_002, 'c'),
    );
    expect(direction.told, 'Three segments without a SYN').toEqual(['bytes abc']);
  },
);

check(
  'What comes early waits for what is missing',
  {
    rfc: '9293 §3.4',
    hint: [
      'Packets overtake each other. Where do you keep one that came too early?',
      'In a list sorted by sequence number; after each segment look whether its first is next.',
    ],
  },
  () => {
    const pieces = ['ab', 'cd', 'e', 'fgh'];
    const starts = [1, 3, 5, 6];
    for (const order of [
      [1, 0, 2, 3],
      [3, 2, 1, 0],
      [2, 0, 3, 1],
      [1, 3, 2, 0],
    ]) {
      const direction = new Direction().push(segment(0, '', { syn: true }));
      for (const index of order) direction.push(segment(starts[index], pieces[index]));
      expect(direction.told, `The pieces in the order ${order.join()}`).toEqual(['bytes abcdefgh']);
    }
    const waiting = new Direction().push(segment(0, '', { syn: true }), segment(3, 'cd'));
    expect(waiting.told, 'While "ab" is missing').toEqual([]);
  },
);

check(
  'A retransmission is handed out once; where copies differ, the first counts',
  {
    rfc: '9293 §3.10.7.4',
    hint: [
      'A copy may be larger than the original, or begin before it. Which of its bytes are new?',
      'Cut off what was handed out, and what waits already. The receiver took the first copy; so do you.',
    ],
  },
  () => {
    const syn = segment(0, '', { syn: true });
    const cases: [what: string, Direction, told: string[]][] = [
      [
        'The same again',
        new Direction().push(syn, segment(1, 'abc'), segment(1, 'ABC'), segment(4, 'd')),
        ['bytes abcd'],
      ],
      [
        'The same and more',
        new Direction().push(syn, segment(1, 'abc'), segment(1, 'ABCde')),
        ['bytes abcde'],
      ],
      ['Overlapping', new Direction().push(syn, segment(1, 'abc'), segment(3, 'Cde')), ['bytes abcde']],
      [
        'Over one that waits',
        new Direction().push(syn, segment(3, 'cd'), segment(1, 'abCDe')),
        ['bytes abcde'],
      ],
      [
        'Over two that wait, and the hole between them',
        new Direction().push(syn, segment(3, 'c'), segment(5, 'e'), segment(2, 'bCdEf'), segment(1, 'a')),
        ['bytes abcdef'],
      ],
      [
        'One that waits, again',
        new Direction().push(syn, segment(2, 'b'), segment(2, 'B'), segment(1, 'a')),
        ['bytes ab'],
      ],
    ];
    for (const [what, direction, told] of cases) expect(direction.told, what).toEqual(told);
  },
);

check(
  'Keep-alive probes and late SYNs bring nothing new',
  {
    rfc: '9293 §3.8.4',
    hint: [
      'A probe carries one byte that was acknowledged long ago. What is its number?',
      'One less than the next: old bytes, dropped like any other.',
    ],
  },
  () => {
    const direction = new Direction().push(
      segment(0, '', { syn: true }),
      segment(1, 'ab'),
      segment(2, '\0'),
      segment(2, ''),
      segment(0, '', { syn: true }),
      segment(3, 'c'),
    );
    expect(direction.told, 'Bytes, probes, a SYN again, bytes').toEqual(['bytes abc']);
  },
);

check(
  'Sequence numbers wrap around',
  {
    rfc: '9293 §3.4',
    hint: [
      'What comes after 4,294,967,295?',
      '0. Compare by difference: (b - a) | 0 is negative if b is before a, across the wrap as well.',
    ],
  },
  () => {
    const start = 2 ** 32 - 4;
    const direction = new Direction().push(
      segment(start, '', { syn: true }),
      segment(start + 1, 'ab'),
      segment(2, 'fg'),
      segment(start + 2, 'Bcde'),
      segment(start + 1, 'AB'),
      segment(4, 'h'),
    );
    expect(direction.told, 'Eight bytes around the wrap, out of order').toEqual(['bytes abcdefgh']);
  },
);

check(
  'A hole that was acknowledged is a gap',
  {
    rfc: '9293 §3.4',
    hint: [
      'A packet was lost by the capture, not by the network. Will it come again?',
      'No: once the receiver has acknowledged what is behind the hole. Until then it may be sent again.',
    ],
  },
  () => {
    const direction = new Direction().push(segment(0, '', { syn: true }), segment(1, 'ab'), segment(6, 'fg'));
    direction.tcp.acknowledge(3);
    expect(direction.told, 'While the receiver has only the bytes before the hole').toEqual(['bytes ab']);
    direction.tcp.acknowledge(8);
    expect(direction.told, 'Once it has acknowledged the bytes behind it').toEqual([
      'bytes ab',
      'gap 3',
      'bytes fg',
    ]);
    direction.push(segment(3, 'cde'), segment(8, 'h'));
    expect(direction.told, 'And when the lost bytes come after all').toEqual([
      'bytes ab',
      'gap 3',
      'bytes fgh',
    ]);

    const late = new Direction().push(segment(0, '', { syn: true }));
    late.tcp.acknowledge(3);
    late.push(segment(3, 'c'));
    expect(late.told, 'A hole that had been acknowledged before anything came').toEqual(['gap 2', 'bytes c']);
  },
);

check(
  'At the end of the capture what waits is handed out',
  {
    rfc: '9293 §3.4',
    hint: [
      'Nothing will fill the hole any more. Is what is behind it lost?',
      'A gap for each hole, and the bytes between them.',
    ],
  },
  () => {
    const direction = new Direction().push(segment(0, '', { syn: true }), segment(3, 'c'), segment(6, 'f'));
    direction.tcp.end();
    expect(direction.told, 'Two holes').toEqual(['gap 2', 'bytes c', 'gap 2', 'bytes f']);
  },
);

check(
  'Bytes that the capture cut off follow what there is of a segment',
  {
    rfc: '9293 §3.4',
    hint: [
      'The segment had 100 bytes and 3 were captured. Where does the next one begin?',
      'length moves you on, payload is what you hand out, and the difference is `cut`.',
    ],
  },
  () => {
    const direction = new Direction().push(
      segment(0, '', { syn: true }),
      segment(1, 'abc', { length: 100 }),
      segment(101, 'de'),
      segment(105, 'x', { length: 4 }),
      segment(103, 'fg'),
    );
    expect(direction.told, 'Segments of 100, 2, 4 and 2 bytes').toEqual([
      'bytes abc',
      'cut 97',
      'bytes defgx',
      'cut 3',
    ]);
  },
);

check(
  'A FIN ends a direction once everything before it is there',
  {
    rfc: '9293 §3.4',
    hint: [
      'The FIN may overtake the last bytes. When is the direction over?',
      'Remember its number: seq and the bytes of its segment. It ends when that is next, once only.',
    ],
  },
  () => {
    const direction = new Direction().push(segment(0, '', { syn: true }), segment(3, 'cd', { fin: true }));
    expect(direction.told, 'A FIN behind a hole').toEqual([]);
    direction.push(segment(1, 'ab'), segment(3, 'cd', { fin: true }));
    expect(direction.told, 'The hole filled, the FIN sent again').toEqual(['bytes abcd', 'end']);
    const lost = new Direction().push(segment(0, '', { syn: true }), segment(3, '', { fin: true }));
    lost.tcp.acknowledge(4);
    expect(lost.told, 'A FIN that was acknowledged, and so what came before it').toEqual(['gap 2', 'end']);
  },
);

check(
  'A hole does not hold megabytes',
  {
    rfc: '9293 §3.4',
    hint: [
      'A capture of one direction shows no acknowledgments. What grows behind its first hole?',
      'Give the hole up when more than 4 MiB wait behind it.',
    ],
  },
  () => {
    let longest = 0;
    let came = 0;
    const direction = new Direction();
    const payload = Buffer.alloc(64 * 1024, 'x');
    direction.push(segment(0, '', { syn: true }));
    const before = bufferBytes();
    for (let sent = 0; sent < 256; sent++) {
      direction.push(segment(3 + sent * payload.length, payload));
      came = direction.told.join('').length;
      longest = Math.max(longest, (sent + 1) * payload.length - came);
      if (came > 0) break;
    }
    const held = bufferBytes() - before;
    expect(came, 'Bytes handed out after 16 MiB behind a hole').toBeGreaterThan(0);
    expect(longest, 'The most bytes that waited').toBeLessThan(9 * 1024 * 1024);
    expect(held, 'Bytes held in buffers').toBeLessThan(9 * 1024 * 1024);
  },
);

// Bytes to frames

check(
  'Frames and messages are told wherever segments are cut',
  {
    rfc: '6455 §5.2',
    hint: [
      'You have a parser and an assembler. What does this one add?',
      'The header as it was on the wire, and where it began: read it with decodeHeader, then give the frame to the parser.',
    ],
  },
  () => {
    const stream = Buffer.concat([
      masked('Hello'),
      masked('é', { fin: false }),
      masked('', { opcode: 9 }),
      masked('!', { opcode: 0 }),
    ]);
    everySplit(stream, (chunks) => {
      const { reader, events, words } = readFrames({ from: 'client' });
      for (const chunk of chunks) reader.push(chunk);
      expect(words(), 'What was told').toEqual([
        'frame text "Hello"',
        'message text "Hello"',
        'frame text "é" …',
        'frame ping ""',
        'frame continuation "!"',
        'message text "é!"',
      ]);
      const frames = events.filter((event) => event.kind === 'frame');
      expect(
        frames.map(({ offset }) => offset),
        'Where the frames begin',
      ).toEqual([0, 11, 19, 25]);
      expect(frames[0].header.toString('hex'), 'The header of the first').toBe('818537fa213d');
      expect(
        frames.map(({ type }) => type),
        'What their messages are',
      ).toEqual(['text', 'text', undefined, 'text']);
      const { fin, rsv1, masked: isMasked, length } = frames[1];
      expect({ fin, rsv1, isMasked, length }, 'The flags and length of the second').toEqual({
        fin: false,
        rsv1: false,
        isMasked: true,
        length: 2,
      });
    });
  },
);

check(
  'A Close frame tells its code and reason',
  {
    rfc: '6455 §5.5.1',
    hint: [
      'Lab 05 can read it. And a Close frame with no payload?',
      'decodeClosePayload; 1005 stands for "no code" and is not on the wire, so it is not told.',
    ],
  },
  () => {
    const { reader, events } = readFrames({ from: 'server' });
    reader.push(plain(Buffer.from('03e8627965', 'hex'), { opcode: 8 }));
    expect(events, 'A Close frame 1000 "bye"').toMatchObject([
      { opcode: 'close', code: 1000, reason: 'bye' },
    ]);
    const empty = readFrames({ from: 'server' });
    empty.reader.push(plain('', { opcode: 8 }));
    const code = empty.events.map((event) => event.kind === 'frame' && event.code);
    expect(code, 'The code of a Close frame without one').toEqual([undefined]);
  },
);

check(
  'A broken rule is an error, and the last that is told of this direction',
  {
    rfc: '6455 §7.1.7',
    hint: [
      'After a wrong header every later byte may be read wrongly. What can still be said?',
      'What came before it, and an error event. push does not throw: the other direction goes on.',
    ],
  },
  () => {
    const wrong: [what: string, bytes: Buffer, before: string[]][] = [
      ['A client that does not mask', plain('Hello'), []],
      ['A reserved opcode', masked('', { opcode: 3 }), []],
      ['RSV1 without compression', masked('Hello', { rsv: 4 }), []],
      ['Text that is not UTF-8', masked(Buffer.of(0xff)), ['frame text "\ufffd"']],
      ['A continuation of nothing', masked('a', { opcode: 0 }), ['frame continuation "a"']],
      [
        'A close code that may not travel',
        masked(Buffer.of(3, 0xed), { opcode: 8 }),
        ['frame close "\\u0003\ufffd"'],
      ],
    ];
    for (const [what, bytes, before] of wrong) {
      const { reader, words } = readFrames({ from: 'client' });
      for (const chunk of [masked('ok'), bytes, masked('too late')]) reader.push(chunk);
      expect(words(), what).toEqual(['frame text "ok"', 'message text "ok"', ...before, 'error']);
    }
  },
);

check(
  'A gap within a payload costs that frame and its message, no more',
  {
    rfc: '6455 §5.2',
    hint: [
      'The header said how long the payload is. Do you need the missing bytes to know where the next frame begins?',
      'Push zeros in their place; when the frame is there, tell it without its payload, and drop its message.',
    ],
  },
  () => {
    for (const [from, frame] of [
      ['client', masked],
      ['server', plain],
    ] as const) {
      const long = frame(patternBytes(300), { opcode: binary });
      const { reader, words } = readFrames({ from });
      reader.push(Buffer.concat([frame('before'), long.subarray(0, 20)]));
      reader.gap(200);
      reader.push(Buffer.concat([long.subarray(220), frame('after')]));
      expect(words(), `Of a ${from}: 200 bytes missing of 300`).toEqual([
        'frame text "before"',
        'message text "before"',
        'gap 200',
        'frame binary 300 bytes, damaged',
        'frame text "after"',
        'message text "after"',
      ]);
    }
    const { reader, words } = readFrames({ from: 'server' });
    reader.push(plain('Hello').subarray(0, 4), 3);
    reader.push(plain('after'));
    expect(words(), 'A packet cut by the capture, to the end of its frame').toEqual([
      'gap 3',
      'frame text 5 bytes, damaged',
      'frame text "after"',
      'message text "after"',
    ]);
  },
);

check(
  'The other fragments of a damaged message are not taken for a message',
  {
    rfc: '6455 §5.4',
    hint: [
      'The middle of a message is missing. What do you tell when its last fragment comes?',
      'The frame, and no message, and no error: nobody broke a rule. The next text or binary frame begins afresh.',
    ],
  },
  () => {
    const { reader, words } = readFrames({ from: 'server' });
    reader.push(plain('one', { fin: false }));
    reader.push(plain('two', { opcode: 0, fin: false }).subarray(0, 3), 2);
    reader.push(plain('three', { opcode: 0 }));
    reader.push(plain('four'));
    expect(words(), 'A message whose second fragment is damaged').toEqual([
      'frame text "one" …',
      'gap 2',
      'frame continuation 3 bytes, damaged …',
      'frame continuation "three"',
      'frame text "four"',
      'message text "four"',
    ]);
  },
);

check(
  'A segment of whole frames is told from any other',
  {
    rfc: '6455 §5.2',
    hint: [
      'You see a segment from the middle of a stream. When would you bet that it begins with a frame?',
      'Go from header to header: each must be legal for that side, and the last payload must end with the segment.',
    ],
  },
  () => {
    const server = { role: 'server' } as const;
    const client = { role: 'client' } as const;
    const two = Buffer.concat([masked('Hello'), masked('', { opcode: 9 })]);
    const long = plain(patternBytes(300), { opcode: binary });
    expect(holdsWholeFrames(two, 0, server), 'Two masked frames, for a server').toBe(true);
    expect(holdsWholeFrames(long, 0, client), 'One of 300 bytes, for a client').toBe(true);
    expect(
      holdsWholeFrames(long.subarray(0, 100), long.length - 100, client),
      'Its first 100 bytes, the rest cut off',
    ).toBe(true);
    const no: [what: string, bytes: Buffer, cut: number, options: typeof server | typeof client][] = [
      ['Masked frames from a server', two, 0, client],
      ['The start of a frame', long.subarray(0, 100), 0, client],
      ['A frame and a part of the next', Buffer.concat([plain('a'), plain('b').subarray(0, 2)]), 0, client],
      ['A frame and half a header', Buffer.concat([plain('a'), Buffer.of(0x81)]), 0, client],
      ['The end of a frame', two.subarray(1), 0, server],
      ['A reserved opcode', plain('', { opcode: 11 }), 0, client],
      ['A frame of which too much was cut', plain('Hello').subarray(0, 4), 4, client],
      ['No bytes', Buffer.alloc(0), 0, client],
    ];
    for (const [what, bytes, cut, options] of no)
      expect(holdsWholeFrames(bytes, cut, options), what).toBe(false);
  },
);

check(
  'After any other gap it goes on with the next segment of whole frames',
  {
    rfc: '6455 §5.2',
    hint: [
      'A header is missing. How do you find the next one?',
      'You cannot search bytes for it. But most segments begin with a frame: wait for one that is frames from end to end.',
    ],
  },
  () => {
    const long = masked(patternBytes(300), { opcode: binary });
    const cases: [
      what: string,
      push: (reader: ReturnType<typeof readFrames>['reader']) => void,
      told: string[],
    ][] = [
      ['A gap between two frames', (reader) => reader.gap(50), ['gap 50']],
      [
        'A gap over the end of a frame',
        (reader) => {
          reader.push(long.subarray(0, 100));
          reader.gap(300);
        },
        ['gap 300', 'frame binary 300 bytes, damaged'],
      ],
      [
        'A gap within a header',
        (reader) => {
          reader.push(long.subarray(0, 3));
          reader.gap(1);
        },
        ['gap 1'],
      ],
    ];
    for (const [what, push, told] of cases) {
      const { reader, words } = readFrames({ from: 'client' });
      reader.push(masked('before'));
      push(reader);
      reader.push(long.subarray(100));
      reader.push(masked('rest', { opcode: 0 }));
      reader.push(masked('after'));
      expect(words(), what).toEqual([
        'frame text "before"',
        'message text "before"',
        ...told,
        'frame continuation "rest"',
        'frame text "after"',
        'message text "after"',
      ]);
    }
  },
);

/** What a server that compresses would send: frames, each with its message compressed by those before it. */
function compressedFrames(
  serverNoContextTakeover: boolean,
  messages: readonly string[],
): { frames: Buffer[]; compression: Parameters } {
  const compression = {
    serverNoContextTakeover,
    clientNoContextTakeover: false,
    serverMaxWindowBits: 15,
    clientMaxWindowBits: 15,
  };
  const deflate = new PermessageDeflate({ role: 'server', parameters: compression, threshold: 0 });
  const frames = messages.map((message) => {
    const { payload, rsv1 } = deflate.send({ opcode: text, payload: Buffer.from(message) });
    return frameBytes({ opcode: text, payload, rsv: rsv1 ? 4 : 0 });
  });
  return { frames, compression };
}
type Parameters = ConstructorParameters<typeof PermessageDeflate>[0]['parameters'];

check(
  'Compressed messages are inflated; their frames are told as they are',
  {
    rfc: '7692 §7.2.2',
    hint: [
      'Whose part does a reader of the wire play, towards the client and towards the server?',
      "The receiver's: a PermessageDeflate with role 'client' inflates what a server sent. Between parser and assembler.",
    ],
  },
  () => {
    for (const noContext of [false, true]) {
      const messages = ['over and over and over', 'over and over and over', 'and over and over and over'];
      const { frames, compression } = compressedFrames(noContext, messages);
      const { reader, events } = readFrames({ from: 'server', compression });
      for (const frame of frames) reader.push(frame);
      const inflated = events.flatMap((event) => (event.kind === 'message' ? [event.data.toString()] : []));
      expect(inflated, 'The messages').toEqual(messages);
      const seen = events.filter((event) => event.kind === 'frame');
      expect(
        seen.map(({ rsv1, compressed }) => [rsv1, compressed]),
        'RSV1 and compressed of the frames',
      ).toEqual(messages.map(() => [true, true]));
      expect(seen[0].payload?.toString('hex'), 'The payload of the first, still compressed').toBe(
        frames[0].subarray(2).toString('hex'),
      );
    }
  },
);

check(
  'After a lost message, only what depends on it cannot be inflated',
  {
    rfc: '7692 §7.1.1',
    hint: [
      'With context takeover a message may be made of copies from earlier ones. What if one of those is missing?',
      'Without no_context_takeover: one error, then frames without compressed messages. With it: a fresh inflater, and on.',
    ],
  },
  () => {
    const messages = ['over and over', 'over and over and over', 'over and over'];
    for (const noContext of [false, true]) {
      const { frames, compression } = compressedFrames(noContext, messages);
      const { reader, events } = readFrames({ from: 'server', compression });
      reader.push(frames[0]);
      reader.push(frames[1].subarray(0, 4), frames[1].length - 4);
      reader.push(frames[2]);
      reader.push(plain('plain'));
      const told = events.flatMap((event) => (event.kind === 'frame' ? [] : [inWords(event)]));
      const lost = frames[1].length - 4;
      const third = noContext ? 'message text "over and over"' : 'error';
      expect(told, `With${noContext ? 'out' : ''} context takeover, the second message damaged`).toEqual([
        'message text "over and over"',
        `gap ${lost}`,
        third,
        'message text "plain"',
      ]);
    }
  },
);

// The parts together

check(
  'A capture becomes a timeline of both directions',
  {
    rfc: '6455 §1.3',
    hint: [
      'workbook/wire/ puts your three parts together. Which of them tells less than it should?',
      'Look at the first line that differs; the checks above say which part it comes from.',
    ],
  },
  () => {
    for (const version of [4, 6] as const) {
      const talk = new Talk({ version }).open();
      talk.send('client', upgradeRequest().slice(0, 50)).send('client', upgradeRequest().slice(50));
      talk.send('server', Buffer.concat([Buffer.from(upgradeResponse()), plain('first')]));
      talk.send('client', masked('Hello')).send('server', plain('Hello'));
      talk.send('client', masked(Buffer.from('03e8', 'hex'), { opcode: 8 }));
      talk.send('server', plain(Buffer.from('03e8', 'hex'), { opcode: 8 })).close();
      const events = readPackets(talk.packets);
      expect(inWordsBySide(events), 'The timeline').toEqual([
        'client: handshake',
        'server: handshake',
        'server: frame text "first"',
        'server: message text "first"',
        'client: frame text "Hello"',
        'client: message text "Hello"',
        'server: frame text "Hello"',
        'server: message text "Hello"',
        'client: frame close 1000 ""',
        'server: frame close 1000 ""',
        'server: end fin',
        'client: end fin',
      ]);
      const times = events.map(({ at }) => at - talk.packets[0].at);
      expect(times, 'Microseconds after the first packet').toEqual([
        4000, 5000, 5000, 5000, 6000, 6000, 7000, 7000, 8000, 9000, 10_000, 11_000,
      ]);
    }
  },
);

check(
  'Loss, reordering and retransmission do not show in the timeline',
  {
    rfc: '9293 §3.4',
    hint: [
      'All segments are there, some twice, some late. Which part puts them in order?',
      'The Reassembler. Each frame has the time of the packet that completed it.',
    ],
  },
  () => {
    const talk = new Talk({ client: 2 ** 32 - 200 }).open().upgrade();
    const stream = Array.from({ length: 40 }, (_, index) => masked(`message ${index}`));
    for (const frame of stream) talk.send('client', frame);
    const handshake = talk.packets.slice(0, 5);
    const data = talk.packets.slice(5);
    const shuffled = data.flatMap((each, index) =>
      index % 4 === 3 ? [data[index - 2], each, data[index - 3], data[index - 1]] : [],
    );
    const events = readPackets([...handshake, ...shuffled]);
    const messages = events.flatMap((event) => (event.kind === 'message' ? [event.data.toString()] : []));
    expect(messages, 'Messages').toEqual(stream.map((_, index) => `message ${index}`));
    expect(
      events.filter(({ kind }) => kind === 'gap' || kind === 'error'),
      'Gaps and errors',
    ).toEqual([]);
  },
);

check(
  'Work grows with the bytes, not with their square',
  {
    rfc: '9293 §3.4',
    stretch: true,
    hint: [
      'A long frame in segments of a few bytes: how often is each of its bytes moved?',
      'Hand each segment to the parser as it is. Keep nothing but a header that is cut.',
    ],
  },
  () => {
    const frame = masked(Buffer.alloc(1024 * 1024, 'x'), { opcode: binary });
    const { reader, words } = readFrames({ from: 'client' });
    const started = performance.now();
    for (let at = 0; at < frame.length; at += 32) reader.push(frame.subarray(at, at + 32));
    expect(words().length, 'One frame and one message').toBe(2);
    expect(performance.now() - started, 'Milliseconds for 1 MiB in 32,768 segments').toBeLessThan(1500);
  },
);

check(
  'A segment that waits does not keep the packet alive',
  {
    rfc: '9293 §3.4',
    stretch: true,
    hint: [
      'payload is a view. What does it keep from the garbage collector?',
      'The whole chunk that was read from the file. Copy what has to wait.',
    ],
  },
  () => {
    const direction = new Direction().push(segment(0, '', { syn: true }));
    const before = bufferBytes();
    for (let index = 0; index < 64; index++) {
      const payload = Buffer.alloc(256 * 1024).subarray(0, 1);
      direction.push({ ...segment(10 + 2 * index, ''), payload, length: 1 });
    }
    expect(bufferBytes() - before, 'Bytes kept by 64 segments of one byte').toBeLessThan(1024 * 1024);
    direction.tcp.end();
  },
);
