import type { PartId } from './sidebar.ts';

/** A lab of the workbook, written or planned. Which exist, package.json says. */
export interface PlannedLab {
  /** The stem of its four files, `03-frames`. */
  id: string;
  part: PartId;
  title: string;
  /** What the learner builds, in one line. */
  builds: string;
}

export const plannedLabs: readonly PlannedLab[] = [
  { id: '01-handshake', part: 'handshake', title: 'Handshake', builds: "the server's answer to an upgrade" },
  {
    id: '02-client-handshake',
    part: 'handshake',
    title: 'Client handshake',
    builds: "the client's request, and its check of the answer",
  },
  { id: '03-frames', part: 'framing', title: 'Frames', builds: 'one frame, both ways: bytes and fields' },
  {
    id: '04-frame-parser',
    part: 'framing',
    title: 'Frame parser',
    builds: 'a streaming parser that takes any chunking',
  },
  {
    id: '05-messages',
    part: 'framing',
    title: 'Messages',
    builds: 'messages out of fragments, UTF-8 checked on the way',
  },
  {
    id: '06-connection',
    part: 'framing',
    title: 'Connection',
    builds: 'the full-duplex connection: ping, close, backpressure',
  },
  {
    id: '07-compression',
    part: 'framing',
    title: 'Compression',
    builds: 'permessage-deflate, with its bombs defused',
  },
  {
    id: '08-multiplexing',
    part: 'framing',
    title: 'Multiplexing',
    builds: 'many WebSockets on one HTTP/2 connection',
  },
  { id: '09-wire', part: 'framing', title: 'Wire', builds: 'a packet capture read without Wireshark' },
  {
    id: '10-protocol',
    part: 'chat',
    title: 'Protocol',
    builds: "the chat's messages, typed and validated both ways",
  },
  {
    id: '11-hub',
    part: 'chat',
    title: 'Hub',
    builds: 'rooms, presence, broadcast, and slow readers dealt with',
  },
  {
    id: '12-heartbeat',
    part: 'reconnection',
    title: 'Heartbeat',
    builds: 'finding a dead peer within two intervals',
  },
  {
    id: '13-reconnect',
    part: 'reconnection',
    title: 'Reconnect',
    builds: 'a client that comes back without a stampede',
  },
  { id: '14-resume', part: 'reconnection', title: 'Resume', builds: 'nothing lost, nothing twice' },
  { id: '15-auth', part: 'security', title: 'Auth', builds: 'origins, tickets, deadlines: who may come in' },
  { id: '16-limits', part: 'security', title: 'Limits', builds: 'staying up under abuse' },
  { id: '17-backplane', part: 'scaling', title: 'Backplane', builds: 'many nodes, one chat' },
  {
    id: '18-balancing',
    part: 'scaling',
    title: 'Balancing',
    builds: 'where a connection goes, and leaving politely',
  },
  {
    id: '19-monitoring',
    part: 'scaling',
    title: 'Monitoring',
    builds: 'metrics and logs that say how it is doing',
  },
  { id: '20-chat-server', part: 'chat', title: 'Chat server', builds: 'the server, from all of the above' },
  {
    id: '21-chat-client',
    part: 'chat',
    title: 'Chat client',
    builds: 'the client, for Node and the browser',
  },
];
