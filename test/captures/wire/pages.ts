import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Timeline } from '../../../workbook/wire/for-people.ts';
import { readWithLab } from './lab-09.ts';
import { port } from './network.ts';

/** What the chapter on the wire shows of the captures: docs/framing/recorded/<name>.txt. */
export const pages: Record<string, { by: 'lab 09' | 'tshark'; print: () => Promise<string> }> = {
  'wire-packet': { by: 'tshark', print: packetInHex },
  'wire-timeline': { by: 'lab 09', print: () => timelineOf('fragments') },
  'wire-gap': { by: 'lab 09', print: () => timelineOf('gap') },
  'wire-loss': { by: 'tshark', print: retransmission },
  'wire-wss': { by: 'tshark', print: tlsRecords },
};

function fileOf(name: string): string {
  return join(import.meta.dirname, `${name}.pcap`);
}

async function tshark(name: string, ...args: string[]): Promise<string> {
  return (await promisify(execFile)('tshark', ['-n', '-r', fileOf(name), ...args])).stdout;
}

/** As `npm run wire` prints it. */
async function timelineOf(name: string): Promise<string> {
  const timeline = new Timeline({ columns: 100, paint: (_style, text) => text });
  const lines = (await readWithLab(fileOf(name))).flatMap((event) => timeline.lines(event));
  return `${lines.join('\n').trim()}\n\n${timeline.summary()}\n`;
}

/** The packet with the first masked frame, as it is on the wire. */
async function packetInHex(): Promise<string> {
  return `${(await tshark('loopback', '-x', '-Y', 'frame.number == 8')).trimEnd()}\n`;
}

/** Where a segment was lost: sequence numbers, as distances from the first. */
async function retransmission(): Promise<string> {
  const fields = ['frame.number', 'tcp.srcport', 'tcp.seq', 'tcp.nxtseq', 'tcp.len', 'tcp.ack'].concat(
    'tcp.options.sack_le',
    'tcp.options.sack_re',
    'tcp.analysis.lost_segment',
    'tcp.analysis.retransmission',
  );
  const output = await tshark('loss', '-T', 'fields', ...fields.flatMap((field) => ['-e', field]));
  const rows = output.split('\n').map((line) => line.split('\t'));
  const lost = rows.findIndex((row) => row[8]);
  return rows
    .slice(lost - 2, lost + 4)
    .map(([packet, source, seq, next, length, ack, from, to, isAfterLoss, isAgain]) => {
      const who = Number(source) === port ? '          server → client' : 'client → server          ';
      const what =
        length === '0'
          ? `has all up to ${ack}${from ? `, and ${from} to ${to}` : ''}`
          : `bytes ${seq} to ${next}${isAfterLoss ? ' (what is before them has not come)' : ''}`;
      return `${packet.padStart(3)}  ${who}  ${what}${isAgain ? ' (again)' : ''}`;
    })
    .join('\n')
    .concat('\n');
}

/** All that tshark can tell of a WebSocket inside TLS. */
async function tlsRecords(): Promise<string> {
  const fields = [
    'frame.number',
    'tcp.srcport',
    'tcp.len',
    '_ws.col.Info',
    'tls.handshake.extensions_server_name',
  ];
  const asTls = ['-d', `tcp.port==${port},tls`, '-Y', 'tls'];
  const output = await tshark('wss', ...asTls, '-T', 'fields', ...fields.flatMap((field) => ['-e', field]));
  const lines = output.trimEnd().split('\n');
  return lines
    .map((line) => {
      const [packet, source, length, info, name] = line.split('\t');
      const who = Number(source) === port ? 'server' : 'client';
      return `${packet.padStart(2)}  ${who}  ${length.padStart(4)} bytes  ${info}${name ? `, for ${name}` : ''}`;
    })
    .join('\n')
    .concat('\n');
}
