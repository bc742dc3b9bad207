import { createReadStream } from 'node:fs';
import type { WireEvent } from '../../../workbook/wire/conversation.ts';
import { PcapReader } from '../../../workbook/wire/pcap-reader.ts';
import { WireReader } from '../../../workbook/wire/wire-reader.ts';

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
