// Reads one capture file and prints what is in it: main.ts FILE.pcap [--json]. The labs are those of its conditions.
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { styleText } from 'node:util';
import type { WireEvent } from './conversation.ts';
import { Timeline } from './for-people.ts';
import { jsonLine } from './json-lines.ts';
import { CaptureError, PcapReader } from './pcap-reader.ts';
import { WireReader } from './wire-reader.ts';

/** Bytes of the file read at once. */
const chunkLength = 256 * 1024;

const [, , file, ...flags] = process.argv;
const isJson = flags.includes('--json');
const { stdout } = process;
const hasColours = stdout.isTTY && !process.env.NO_COLOR;
// Whoever reads the output may have seen enough: `| head`.
stdout.on('error', () => process.exit());

const timeline = new Timeline({
  columns: stdout.isTTY ? stdout.columns : 160,
  paint: (style, text) => (hasColours ? styleText(style, text) : text),
});
/** What is to be printed, in lines. */
let output: string[] = [];
/** 0: all was read. 1: some could not be read. 2: no capture. */
let exitCode = 0;

function show(event: WireEvent): void {
  if (event.kind === 'gap' || event.kind === 'error') exitCode ||= 1;
  if (!isJson) {
    output.push(...timeline.lines(event));
    return;
  }
  const line = jsonLine(event);
  if (line) output.push(line);
}

/** Says what is not about one connection: below the timeline, or beside the JSON. */
function remark(sentence: string): void {
  if (isJson) console.error(sentence);
  else output.push(sentence);
}

async function print(): Promise<void> {
  if (output.length === 0) return;
  const text = `${output.join('\n')}\n`;
  output = [];
  if (!stdout.write(text)) await once(stdout, 'drain');
}

const wire = new WireReader(show);
const capture = new PcapReader((packet) => wire.push(packet));
let damage: CaptureError | undefined;
try {
  for await (const chunk of createReadStream(file, { highWaterMark: chunkLength })) {
    capture.push(chunk as Buffer);
    await print();
  }
  capture.end();
} catch (error) {
  if (error instanceof CaptureError && error.isCapture) {
    damage = error;
    exitCode = 1;
  } else if (error instanceof CaptureError || (error instanceof Error && 'syscall' in error)) {
    console.error(error.message);
    process.exit(2);
  } else {
    throw error;
  }
}
wire.end();
if (!isJson) output.push('', timeline.summary());
for (const [reason, packets] of wire.unread) {
  exitCode ||= 1;
  remark(`${packets === 1 ? '1 packet' : `${packets} packets`} could not be read: ${reason}`);
}
if (damage) remark(damage.message);
await print();
process.exitCode = exitCode;
