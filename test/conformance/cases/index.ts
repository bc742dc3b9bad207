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
