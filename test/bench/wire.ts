import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeFrame, Opcode } from '#labs/03-frames';
import type { Side } from '#labs/09-wire';
import { conditionsWithout, readCourse, workbookRoot } from '../../workbook/course.ts';
import { PcapReader } from '../../workbook/wire/pcap-reader.ts';
import { WireReader } from '../../workbook/wire/wire-reader.ts';
import {
  opposite,
  type PacketSpec,
  packet,
  pcapFile,
  upgradeRequest,
  upgradeResponse,
} from '../support/packets.ts';
import { type Benchmark, cpuTime } from './benchmark.ts';

/** The capture is at least so long, in bytes. */
const fileLength = 100 * 1024 * 1024;
const connections = 50;
/** Payload of the messages, in bytes, in turn; mostly what a chat sends, and now and then something long. */
const messageLengths = [40, 120, 80, 200, 60, 1000, 150, 300, 90, 16_000];
/** Payload of a TCP segment on Ethernet, in bytes. */
const segmentLength = 1448;
const maskingKey = Buffer.from('37fa213d', 'hex');

/** Programs that read a capture, as one starts them. */
const programs: Record<string, (file: string) => [program: string, args: string[]]> = {
  'websocket-101': (file) => {
    const conditions = conditionsWithout(readCourse(workbookRoot)).map((name) => `--conditions=${name}`);
    const main = join(workbookRoot, 'workbook', 'wire', 'main.ts');
    return [process.execPath, [...conditions, '--import', 'tsx', main, file, '--json']];
  },
  'tshark -Y websocket': (file) => ['tshark', ['-n', '-r', file, '-Y', 'websocket']],
};

const rows = ['reading, ms of CPU', 'whole program, ms of CPU', 'whole program, MiB at most'];

export const wire: Benchmark = {
  name: 'wire',
  about: `one capture of 100 MiB, chats on ${connections} connections; reading: to events, without starting and printing`,
  unit: 'as the row says',
  subject: 'websocket-101',
  cells: rows.flatMap((row) => Object.keys(programs).map((column) => ({ row, column }))),
  async measure({ row, column }) {
    const file = await captureFile();
    const program = programs[column];
    const isReading = row === rows[0];
    if (isReading && column === 'websocket-101') return await readInProcess(file);
    const cost = await run(...program(file));
    if (row === rows[2]) return cost.peak;
    // What tshark needs to start and to end, on a capture with next to nothing in it.
    return isReading ? cost.cpu - (await run(...program(emptyCapture()))).cpu : cost.cpu;
  },
};

/** Milliseconds of CPU from a file to events. */
async function readInProcess(file: string): Promise<number> {
  const start = cpuTime();
  let events = 0;
  const reader = new WireReader(() => events++);
  const capture = new PcapReader((each) => reader.push(each));
  for await (const chunk of createReadStream(file, { highWaterMark: 256 * 1024 }))
    capture.push(chunk as Buffer);
  capture.end();
  reader.end();
  if (events === 0) throw new Error('the capture has no WebSocket in it');
  return (cpuTime() - start) / 1e6;
}

/** Runs a program; what it used of CPU, in milliseconds, and of memory at most, in MiB. Linux only. */
async function run(program: string, args: string[]): Promise<{ cpu: number; peak: number }> {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'ignore'] });
  await once(child, 'spawn');
  let used = { cpu: 0, peak: 0 };
  const watch = setInterval(() => {
    used = usageOf(child.pid) ?? used;
  }, 10);
  const [code] = (await once(child, 'exit')) as [number | null];
  clearInterval(watch);
  if (code !== 0) throw new Error(`${program} ended with ${code}`);
  return used;
}

/** What a process has used so far; undefined once it is gone. The kernel counts CPU in ticks of 10 ms. */
function usageOf(pid: number | undefined): { cpu: number; peak: number } | undefined {
  try {
    const peak = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    // After the name, which may have spaces: the 12th and 13th are user and system time.
    const [user, system] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ').slice(11, 13);
    return peak === undefined
      ? undefined
      : { cpu: 10 * (Number(user) + Number(system)), peak: Number(peak) / 1024 };
  } catch {
    return undefined;
  }
}

const folder = join(tmpdir(), 'websocket-101-bench');

/** A capture of a single packet. */
function emptyCapture(): string {
  const file = join(folder, 'empty.pcap');
  writeFileSync(file, pcapFile([packet({ flags: 'S' })]));
  return file;
}

/** Writes the capture, or finds the one written before. */
async function captureFile(): Promise<string> {
  const file = join(folder, 'wire.pcap');
  if (existsSync(file) && statSync(file).size >= fileLength) return file;
  mkdirSync(folder, { recursive: true });
  const draft = `${file}.${process.pid}`;
  const out = createWriteStream(draft);
  let written = 0;
  const chat = new Chat((bytes) => {
    written += bytes.length;
    out.write(bytes);
  });
  for (let turn = 0; written < fileLength; turn++) {
    chat.talk(turn);
    if (out.writableNeedDrain) await once(out, 'drain');
  }
  out.end();
  await once(out, 'close');
  renameSync(draft, file);
  return file;
}

/** Connections on which clients and the server talk in turn. */
class Chat {
  readonly #write: (bytes: Buffer) => void;
  readonly #connections: Record<Side, number>[] = [];
  #at = 1_700_000_000_000_000;
  #hasHeader = false;

  constructor(write: (bytes: Buffer) => void) {
    this.#write = write;
    for (let index = 0; index < connections; index++) {
      this.#connections.push({ client: 1000 * index, server: 2 ** 32 - 1000 * index });
      this.#packet(index, { from: 'client', flags: 'S' });
      this.#packet(index, { from: 'server', flags: 'SA' });
      this.#send(index, 'client', Buffer.from(upgradeRequest()));
      this.#send(index, 'server', Buffer.from(upgradeResponse()));
    }
  }

  /** A message of a client, and one of the server to it. */
  talk(turn: number): void {
    const payload = Buffer.alloc(
      messageLengths[turn % messageLengths.length],
      `{"type":"chat","content":"message ${turn}, `,
    );
    const index = turn % connections;
    this.#send(index, 'client', encodeFrame({ opcode: Opcode.Text, payload, maskingKey }));
    this.#send(index, 'server', encodeFrame({ opcode: Opcode.Text, payload }));
  }

  #send(index: number, from: Side, bytes: Buffer): void {
    for (let at = 0; at < bytes.length; at += segmentLength) {
      this.#packet(index, { from, flags: 'PA', payload: bytes.subarray(at, at + segmentLength) });
    }
    this.#packet(index, { from: opposite[from] });
  }

  #packet(index: number, spec: PacketSpec & { from: Side }): void {
    const next = this.#connections[index];
    const { from, flags = 'A', payload } = spec;
    const ack = flags.includes('A') ? next[opposite[from]] : 0;
    this.#at += 50;
    const record = pcapFile([packet({ ...spec, seq: next[from], ack, port: 40_000 + index, at: this.#at })]);
    next[from] = (next[from] + (flags.includes('S') ? 1 : 0) + (payload?.length ?? 0)) >>> 0;
    this.#write(this.#hasHeader ? record.subarray(24) : record);
    this.#hasHeader = true;
  }
}
