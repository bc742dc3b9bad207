import { Buffer } from 'node:buffer';
import { CaptureError, PcapReader } from '../../../../workbook/wire/pcap-reader.ts';
import { WireReader } from '../../../../workbook/wire/wire-reader.ts';
import { Timeline } from './timeline.ts';

/** Bytes read at a time; between two slices the page stays alive. */
const sliceLength = 512 * 1024;
/** Events a page lists; a capture may hold millions. */
export const maxRows = 20_000;

export interface Reading {
  timeline: Timeline;
  packets: number;
  /** What is wrong with the file: what is in the timeline was read before it. */
  problem?: string;
  /** How many packets could not be read, by the reason. */
  unread: ReadonlyMap<string, number>;
}

/**
 * Reads a capture slice by slice. `onProgress` gets a share from 0 to 1.
 *
 * @throws CaptureError with `isCapture` false when the file is none; the signal's reason; the error of a file
 * that cannot be read.
 */
export async function readCapture(
  file: Blob,
  onProgress: (share: number) => void,
  signal: AbortSignal,
): Promise<Reading> {
  const timeline = new Timeline(maxRows, 'first');
  const wire = new WireReader((event) => timeline.add(event));
  const reading: Reading = { timeline, packets: 0, unread: wire.unread };
  const container = new PcapReader((packet) => {
    reading.packets++;
    wire.push(packet);
  });
  try {
    for (let at = 0; at < file.size; at += sliceLength) {
      const slice = await file.slice(at, at + sliceLength).arrayBuffer();
      signal.throwIfAborted();
      container.push(Buffer.from(slice));
      onProgress(Math.min(1, (at + sliceLength) / file.size));
      await nextTask();
      signal.throwIfAborted();
    }
    container.end();
  } catch (error) {
    if (!(error instanceof CaptureError) || !error.isCapture) throw error;
    reading.problem = error.message;
  }
  wire.end();
  return reading;
}

/** Lets the page draw and hear its user. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
