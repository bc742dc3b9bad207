import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { port } from './network.ts';

/** What tshark reads in a capture, as it is kept beside it. */
export interface Reading {
  /** Of the first packet, from the link up to TCP: `eth:ethertype:ip:tcp`. */
  protocols: string;
  /** In order of their first packet: `stream` is the place in this list. */
  streams: { client: string; server: string; packets: number }[];
  /** The HTTP requests that ask for an upgrade to WebSocket, and the answers to them. */
  handshakes: (Place & { startLine: string; headers: string[] })[];
  frames: (Place & FrameRead)[];
  /** Whole messages, inflated where that was agreed on; `content` as `contentOf` gives it. */
  messages: (Place & { type: 'text' | 'binary'; content: string })[];
  /**
   * What tshark remarks on single packets: `retransmission`, `out_of_order`, `lost_segment` (before this one), …;
   * and of our own, `reset` for the RST flag, `cut` for a packet that was not captured whole.
   */
  notes: (Place & { note: string })[];
}

export interface Place {
  /** Counted from 1, as Wireshark does. Of a frame or message: the packet that completed it. */
  packet: number;
  /** When it was captured, in microseconds since 1970. */
  at: number;
  stream: number;
  from: 'client' | 'server';
}

export interface FrameRead {
  fin: boolean;
  /** The three reserved bits as a number: RSV1 is 4. */
  rsv: number;
  opcode: number;
  masked: boolean;
  /** Bytes of payload on the wire. */
  length: number;
  /** The payload on the wire, unmasked, as `contentOf` gives it. */
  payload: string;
  /** Of a Close frame. */
  code?: number;
  reason?: string;
}

/**
 * True where tests with tshark are to be skipped: it is not installed here, and this is not CI, where that is a
 * failure. For `describe.skipIf(noTshark)`.
 */
export const noTshark = spawnSync('tshark', ['--version']).error !== undefined && !process.env.CI;
if (noTshark) console.warn('No tshark found: tests that compare with it are skipped.');

/** Bytes in a form that people and Git can bear: hex, or the SHA-256 where they are many. */
export function contentOf(bytes: Uint8Array): string {
  if (bytes.length <= 256) return Buffer.from(bytes).toString('hex');
  return `sha256 ${createHash('sha256').update(bytes).digest('hex')}`;
}

/**
 * Runs tshark on a capture of connections to this port.
 *
 * @throws where it is not installed, or cannot read the file.
 */
export async function readWithTshark(
  file: string,
  options: readonly string[] = [],
  serverPort = port,
): Promise<Reading> {
  const args = ['-n', '-r', file, '-T', 'json', '-x', '--no-duplicate-keys', ...options];
  const { stdout } = await promisify(execFile)('tshark', args, { maxBuffer: 256 * 1024 * 1024 });
  const packets = JSON.parse(stdout) as { _source: { layers: Node } }[];
  const reading: Reading = {
    protocols: '',
    streams: [],
    handshakes: [],
    frames: [],
    messages: [],
    notes: [],
  };
  for (const { _source } of packets) addPacket(reading, _source.layers, serverPort);
  return reading;
}

function addPacket(reading: Reading, layers: Node, serverPort: number): void {
  const place = placeOf(layers, serverPort);
  reading.protocols ||= textAt(layers, 'frame', 'frame.protocols').replace(/(:tcp).*/, '$1');
  countPacket(reading, place, layers);
  for (const note of notesIn(layers)) reading.notes.push({ ...place, note });
  const handshake = handshakeIn(layers);
  if (handshake) reading.handshakes.push({ ...place, ...handshake });

  // Bytes of messages are in layers of their own, in the order of the frames that completed them.
  const data = list(layers.data);
  for (const layer of list(layers.websocket)) {
    const frame = { ...place, ...frameIn(layer) };
    reading.frames.push(frame);
    if (!frame.fin || frame.opcode > 2) continue;
    const text = at(layer, 'websocket.payload', 'websocket.payload.text');
    if (typeof text === 'string' || frame.opcode === 1) {
      reading.messages.push({ ...place, type: 'text', content: contentOf(Buffer.from(`${text ?? ''}`)) });
    } else {
      const bytes = rawAt(data.shift(), 'data.data_raw');
      reading.messages.push({ ...place, type: 'binary', content: contentOf(bytes) });
    }
  }
}

function placeOf(layers: Node, serverPort: number): Place {
  return {
    packet: numberAt(layers, 'frame', 'frame.number'),
    at: Number(textAt(layers, 'frame', 'frame.time_epoch').replace(/\.(\d{6}).*/, '$1')),
    stream: numberAt(layers, 'tcp', 'tcp.stream'),
    from: numberAt(layers, 'tcp', 'tcp.srcport') === serverPort ? 'server' : 'client',
  };
}

function countPacket({ streams }: Reading, { stream, from }: Place, layers: Node): void {
  const address = (end: 'src' | 'dst') => {
    const ip = at(layers, 'ip', `ip.${end}`) ?? `[${textAt(layers, 'ipv6', `ipv6.${end}`)}]`;
    return `${ip}:${textAt(layers, 'tcp', `tcp.${end}port`)}`;
  };
  const [client, server] =
    from === 'client' ? [address('src'), address('dst')] : [address('dst'), address('src')];
  streams[stream] ??= { client, server, packets: 0 };
  streams[stream].packets++;
}

function notesIn(layers: Node): string[] {
  const remarks = list(at(layers, 'tcp', 'tcp.analysis', 'tcp.analysis.flags', '_ws.expert'));
  const names = remarks.flatMap((remark) => Object.keys(remark));
  const notes = names.flatMap(
    (name) => /^tcp\.analysis\.(.*(?:retrans|lost|order).*)$/.exec(name)?.[1] ?? [],
  );
  if (textAt(layers, 'tcp', 'tcp.flags_tree', 'tcp.flags.reset') === '1') notes.push('reset');
  if (numberAt(layers, 'frame', 'frame.cap_len') < numberAt(layers, 'frame', 'frame.len')) notes.push('cut');
  return notes;
}

function handshakeIn(layers: Node): { startLine: string; headers: string[] } | undefined {
  const http = at(layers, 'http');
  if (!/^websocket$/i.test(textAt(http, 'http.upgrade'))) return undefined;
  const [startLine] = Object.keys(http as Node).filter(
    (key) => key.endsWith('\\r\\n') && key.includes('HTTP/'),
  );
  const lines = at(http, 'http.request.line') ?? at(http, 'http.response.line');
  return {
    startLine: startLine.replace('\\r\\n', ''),
    headers: list(lines).map((line) => `${line}`.trimEnd()),
  };
}

function frameIn(layer: Value): FrameRead {
  const payload = rawAt(layer, 'websocket.payload_raw');
  const code = at(
    layer,
    'websocket.payload',
    'websocket.payload.close',
    'websocket.payload.close.status_code',
  );
  const reason = at(layer, 'websocket.payload', 'websocket.payload.close', 'websocket.payload.close.reason');
  const length =
    at(layer, 'websocket.payload_length_ext_64') ??
    at(layer, 'websocket.payload_length_ext_16') ??
    at(layer, 'websocket.payload_length');
  return {
    fin: textAt(layer, 'websocket.fin') === '1',
    rsv: numberAt(layer, 'websocket.rsv'),
    opcode: numberAt(layer, 'websocket.opcode'),
    masked: textAt(layer, 'websocket.mask') === '1',
    length: Number(length),
    payload: contentOf(payload),
    ...(code === undefined ? {} : { code: Number(code), reason: `${reason ?? ''}` }),
  };
}

/** A layer or a field in tshark's JSON. One that comes twice in a packet is an array. */
type Value = string | number | Node | Value[];
interface Node {
  [name: string]: Value;
}

/** The value at the end of a path, undefined where a step is missing. */
function at(value: Value | undefined, ...path: string[]): Value | undefined {
  return path.reduce<Value | undefined>(
    (found, name) => (typeof found === 'object' && !Array.isArray(found) ? found[name] : undefined),
    value,
  );
}

function textAt(value: Value | undefined, ...path: string[]): string {
  return `${at(value, ...path) ?? ''}`;
}

function numberAt(value: Value, ...path: string[]): number {
  return Number(at(value, ...path));
}

/** The bytes of a field: `-x` gives them as [hex, position, …]. */
function rawAt(value: Value | undefined, name: string): Buffer {
  return Buffer.from(`${list(at(value, name))[0] ?? ''}`, 'hex');
}

function list(value: Value | undefined): Value[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}
