import { createReadStream } from 'node:fs';
import type { FrameSeen } from '#labs/09-wire';
import type { WireEvent } from '../../../workbook/wire/conversation.ts';
import { PcapReader } from '../../../workbook/wire/pcap-reader.ts';
import { WireReader } from '../../../workbook/wire/wire-reader.ts';
import { contentOf } from './tshark.ts';

/** Every event that lab 09, with the reader around it, finds in a capture. */
export async function readWithLab(file: string): Promise<WireEvent[]> {
  const events: WireEvent[] = [];
  const wire = new WireReader((event) => events.push(event));
  const capture = new PcapReader((packet) => wire.push(packet));
  for await (const chunk of createReadStream(file)) capture.push(chunk as Buffer);
  capture.end();
  wire.end();
  return events;
}

const opcodes: Record<FrameSeen['opcode'], number> = {
  continuation: 0,
  text: 1,
  binary: 2,
  close: 8,
  ping: 9,
  pong: 10,
};

type Seen<Kind extends WireEvent['kind']> = Extract<WireEvent, { kind: Kind }>;

export function ofKind<Kind extends WireEvent['kind']>(events: WireEvent[], kind: Kind): Seen<Kind>[] {
  return events.filter((event): event is Seen<Kind> => event.kind === kind);
}

const placeOf = ({ at, stream, from }: WireEvent) => ({ at, stream, from });

/** What it saw in the terms of tshark's reading, but for the packets' numbers; here the handshakes. */
export function handshakesSeen(events: WireEvent[]) {
  return ofKind(events, 'handshake').map((event) => {
    const { startLine, headers } = 'request' in event ? event.request : event.response;
    return { ...placeOf(event), startLine, headers: headers.map(([name, value]) => `${name}: ${value}`) };
  });
}

/** The frames that were captured whole. */
export function framesSeen(events: WireEvent[]) {
  return ofKind(events, 'frame').flatMap((event) => {
    const { fin, rsv1, opcode, masked, length, payload, code, reason } = event;
    if (!payload) return [];
    return {
      ...placeOf(event),
      ...{ fin, rsv: rsv1 ? 4 : 0, opcode: opcodes[opcode], masked, length, payload: contentOf(payload) },
      ...(code === undefined ? {} : { code, reason }),
    };
  });
}

export function messagesSeen(events: WireEvent[]) {
  return ofKind(events, 'message').map((event) => ({
    ...placeOf(event),
    type: event.type,
    content: contentOf(event.data),
  }));
}
