import type { LinkType } from './link-types.ts';
import { cable, port } from './network.ts';
import type { Tap } from './tcpdump.ts';

/** A capture: who talks to whom over what, and how it is recorded. */
export interface Scene {
  /** What can be seen in it: one sentence. */
  about: string;
  /** The programs, by their names in servers.ts and clients.ts. */
  server: string;
  client: string;
  /** Default: the server's end of the cable, everything from and to its port. */
  tap?: Partial<Tap>;
  /** Packets are lost and delayed on the way. */
  badNetwork?: true;
  /** The client says when, instead of before its first packet. */
  late?: true;
  /** The client runs on the server's machine. */
  sameMachine?: true;
  /** What tshark must be told to see all frames. Default: nothing. */
  tshark?: readonly string[];
  /** The link header is exchanged afterwards: Linux itself does not record with this one. */
  convertTo?: LinkType;
}

const filter = `tcp port ${port}`;

export const scenes: Record<string, Scene> = {
  chat: {
    about: 'Two people in the chat: sessions and tickets over HTTP, then a WebSocket each, closed with 1000.',
    server: 'chat',
    client: 'people',
  },
  fragments: {
    about: 'Messages in fragments, with a ping between two fragments; a binary message.',
    server: 'echo',
    client: 'fragments',
  },
  lengths: {
    about: 'Payloads of 0, 125, 126, 2,000 and 65,536 bytes; the client ends TCP without a Close frame.',
    server: 'silent',
    client: 'lengths',
  },
  compression: {
    about: 'permessage-deflate between Chromium and ws, with context takeover: each message is shorter.',
    server: 'compressing',
    client: 'page',
  },
  'compression-afresh': {
    about: 'permessage-deflate without context takeover, windows of 10 bits, a message in fragments.',
    server: 'compressing-afresh',
    client: 'compressing',
  },
  ipv6: { about: 'One message and its echo over IPv6.', server: 'echo', client: 'ipv6' },
  reset: {
    about: 'A message, half a frame, then a TCP reset from the client: an abnormal closure.',
    server: 'echo',
    client: 'reset',
  },
  loss: {
    about: 'A network that loses packets and delivers others late: retransmissions, segments out of order.',
    server: 'echo',
    client: 'busy',
    badNetwork: true,
    // Without it tshark drops what comes out of order, and with it the frames inside.
    tshark: ['-o', 'tcp.reassemble_out_of_order:TRUE'],
  },
  snaplen: {
    about: 'tcpdump -s 300: only the first 300 bytes of each packet were kept.',
    server: 'echo',
    client: 'mixed',
    tap: { args: ['-s', '300', filter] },
  },
  gap: {
    about: 'A filter that leaves out every packet over 400 bytes: the long message is missing.',
    server: 'echo',
    client: 'mixed',
    tap: { args: [`${filter} and less 400`] },
  },
  wss: {
    about: 'A WebSocket inside TLS 1.3: the name asked for, sizes and times can be seen, and nothing else.',
    server: 'echo-tls',
    client: 'secret',
  },
  'cooked-v1': {
    about: 'Recorded on all interfaces at once: Linux cooked headers, version 1.',
    server: 'echo',
    client: 'mixed',
    tap: { from: 'any', args: ['-y', 'LINUX_SLL', filter] },
  },
  'cooked-v2': {
    about: 'Recorded on all interfaces at once: Linux cooked headers, version 2.',
    server: 'echo',
    client: 'mixed',
    tap: { from: 'any', args: ['-y', 'LINUX_SLL2', filter] },
  },
  loopback: {
    about: 'Client and server on one machine: on Linux, loopback has Ethernet headers of zeros.',
    server: 'echo',
    client: 'same-machine',
    sameMachine: true,
    tap: { from: 'lo' },
  },
  null: {
    about: 'Loopback as macOS and Windows record it: recorded on Linux, link headers exchanged afterwards.',
    server: 'echo',
    client: 'same-machine',
    sameMachine: true,
    tap: { from: 'lo' },
    convertTo: 'NULL',
  },
  loop: {
    about: 'IPv6 loopback as OpenBSD records it: recorded on Linux, link headers exchanged afterwards.',
    server: 'echo',
    client: 'same-machine-ipv6',
    sameMachine: true,
    tap: { from: 'lo' },
    convertTo: 'LOOP',
  },
  raw: {
    about:
      'No link header at all, as on a VPN tunnel: recorded on a cable, Ethernet headers cut off afterwards.',
    server: 'echo',
    client: 'mixed',
    convertTo: 'RAW',
  },
  late: {
    about: 'tcpdump was started after the handshake.',
    server: 'echo',
    client: 'early',
    late: true,
    tshark: ['-d', `tcp.port==${port},websocket`],
  },
};

export function tapOf({ tap }: Scene): Tap {
  return { on: 'server', from: cable, args: [filter], ...tap };
}
