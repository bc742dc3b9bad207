import type { Case } from '../suite/case.ts';
import { openingClient } from './00-opening-client.ts';
import { openingServer } from './00-opening-server.ts';
import { framing } from './01-framing.ts';
import { pings } from './02-pings.ts';
import { reservedBits } from './03-reserved-bits.ts';
import { opcodes } from './04-opcodes.ts';
import { fragmentation } from './05-fragmentation.ts';
import { utf8 } from './06-utf8.ts';
import { closingCases } from './07-closing.ts';
import { limits, misc } from './09-limits.ts';
import { compression, type MessageCount } from './12-13-compression.ts';
import { deflateFrames } from './14-deflate-frames.ts';

/** The groups, by the first number of a case. `ours`: the public suite has no cases there. */
export const groups: readonly { id: string; title: string; ours?: true }[] = [
  { id: '0', title: 'Opening handshake', ours: true },
  { id: '1', title: 'Framing' },
  { id: '2', title: 'Pings and pongs' },
  { id: '3', title: 'Reserved bits' },
  { id: '4', title: 'Opcodes' },
  { id: '5', title: 'Fragmentation' },
  { id: '6', title: 'UTF-8' },
  { id: '7', title: 'Closing' },
  { id: '9', title: 'Limits and large messages' },
  { id: '10', title: 'Automatic fragmentation' },
  { id: '12', title: 'Compression, kinds of data' },
  { id: '13', title: 'Compression, parameters' },
  { id: '14', title: 'Compressed frames', ours: true },
];

/** Every case, in the order of their numbers. */
export function allCases(messages: MessageCount): Case[] {
  return [
    ...openingServer.filter(({ id }) => id.startsWith('0.1')),
    ...openingClient.filter(({ id }) => id.startsWith('0.2')),
    ...openingServer.filter(({ id }) => id.startsWith('0.3')),
    ...openingClient.filter(({ id }) => id.startsWith('0.4')),
    ...framing,
    ...pings,
    ...reservedBits,
    ...opcodes,
    ...fragmentation,
    ...utf8,
    ...closingCases,
    ...limits,
    ...misc,
    ...compression(messages),
    ...deflateFrames,
  ];
}
