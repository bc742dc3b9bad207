import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { Capture, createCapture } from '../../workbook/chat/capture.ts';
import { Tap, type TappedConnection } from '../../workbook/chat/tap.ts';
import { workbookRoot } from '../../workbook/course.ts';
import type { WireEvent } from '../../workbook/wire/conversation.ts';
import { PcapReader } from '../../workbook/wire/pcap-reader.ts';
import { PcapWriter, pcapFileHeader } from '../../workbook/wire/pcap-writer.ts';
import { WireReader } from '../../workbook/wire/wire-reader.ts';
import { framesSeen, handshakesSeen, messagesSeen, ofKind, readWithLab } from '../captures/wire/lab-09.ts';
import { noTshark, readWithTshark } from '../captures/wire/tshark.ts';
import { startChat } from '../workbook/chat-support.ts';
import { Chat } from './chat-command.ts';

function captureFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'websocket-101-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'chat.pcap');
}

/** Packets that tshark, told to look at checksums too, finds something wrong with: one line each. */
function faults(file: string): string {
  const wrong =
    'ip.checksum.status == 0 or tcp.checksum.status != 1 or tcp.analysis.flags or _ws.malformed or tcp.completeness != 31';
  const checks = ['-o', 'ip.check_checksum:TRUE', '-o', 'tcp.check_checksum:TRUE'];
  return execFileSync('tshark', ['-n', '-2', '-r', file, ...checks, '-Y', wrong], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

const withoutPacket = <T extends { packet: number }>({ packet: _, ...rest }: T) => rest;

/** Opens a WebSocket to a chat, sends and receives a little of each kind, and closes it. */
async function talk(url: string): Promise<void> {
  const socket = new WebSocket(url, 'chat.v1', { rejectUnauthorized: false });
  await once(socket, 'open');
  socket.ping('still there?');
  await once(socket, 'pong');
  for (const data of ['{"type":"ping"}', Buffer.alloc(100_000, 7)]) {
    socket.send(data);
    await once(socket, 'message');
  }
  socket.close(1000, 'bye');
  await once(socket, 'close');
}

// On Windows a signal from another process ends the chat at once, and with it what it has not written yet.
describe.skipIf(process.platform === 'win32')('npm run chat -- --capture', () => {
  test.skipIf(noTshark).each([[[]], [['--tls']], [['--engine', 'ws']], [['--engine', 'ws', '--tls']]])(
    'with %j writes a capture that tshark and lab 09 read alike',
    async (flags) => {
      const file = captureFile();
      const chat = new Chat(workbookRoot, '--port', '0', '--mine', 'none', '--capture', file, ...flags);
      const host = await chat.host();
      await talk(`${flags.includes('--tls') ? 'wss' : 'ws'}://${host}/chat`);
      chat.process.kill('SIGINT');
      expect(await chat.exitCode()).toBe(0);

      expect(faults(file)).toBe('');
      const reading = await readWithTshark(file, [], Number(host.split(':')[1]));
      const events = await readWithLab(file);
      expect(handshakesSeen(events)).toEqual(reading.handshakes.map(withoutPacket));
      expect(framesSeen(events)).toEqual(reading.frames.map(withoutPacket));
      expect(messagesSeen(events)).toEqual(reading.messages.map(withoutPacket));
      expect(reading.handshakes.map(({ startLine }) => startLine)).toEqual([
        'GET /chat HTTP/1.1',
        'HTTP/1.1 101 Switching Protocols',
      ]);
      const sent = reading.frames.filter(({ from }) => from === 'client');
      expect(sent.map(({ opcode, length }) => [opcode, length])).toEqual([
        [9, 12],
        [1, 15],
        [2, 100_000],
        [8, 5],
      ]);
      expect(reading.frames.at(-1)).toMatchObject({ from: 'server', opcode: 8, code: 1000 });
    },
  );

  test('says in one sentence that it cannot write', async () => {
    const file = join(captureFile(), 'no', 'such', 'folder.pcap');
    const chat = new Chat(workbookRoot, '--port', '0', '--mine', 'none', '--capture', file);
    expect(await chat.exitCode()).toBe(1);
    expect(chat.output).toMatch(/^The capture cannot be written\. ENOENT.*\n$/);
  });

  test('overwrites nothing that is not called a capture', async () => {
    const chat = new Chat(workbookRoot, '--capture', 'README.md');
    expect(await chat.exitCode()).toBe(2);
    expect(chat.output).toMatch(/The name of a capture ends in \.pcap\.\n$/);
  });
});

describe('a capture of the chat', () => {
  test('has the reset of a client that is cut off', async () => {
    const file = captureFile();
    createCapture(file);
    const capture = await Capture.append(file, (error) => expect.fail(error.message));
    const tap = new Tap();
    const chat = await startChat('labs', { tap });
    tap.listen(capture);
    const closed = new Promise<void>((resolve) => {
      const nothing = () => {};
      tap.listen({ onOpen: nothing, onBytes: nothing, onEnd: nothing, onClose: () => resolve() });
    });
    const socket = connect(chat.port, '127.0.0.1');
    socket.write(
      'GET /chat HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
    );
    await once(socket, 'data');
    socket.resetAndDestroy();
    await closed;
    await capture.close();
    const events = await readWithLab(file);
    expect(ofKind(events, 'handshake')).toHaveLength(2);
    expect(ofKind(events, 'end')).toMatchObject([{ from: 'client', by: 'rst' }]);
  });

  test('goes on in the same file after a restart', async () => {
    const file = captureFile();
    createCapture(file);
    for (let start = 0; start < 2; start++) {
      const capture = await Capture.append(file, (error) => expect.fail(error.message));
      const connection = { id: 0, ...ends(50_000 + start) };
      capture.onOpen(connection);
      capture.onBytes(connection, 'client', Buffer.from('GET /chat HTTP/1.1\r\nUpgrade: websocket\r\n\r\n'));
      await capture.close();
    }
    const streams = ofKind(await readWithLab(file), 'handshake').map(({ stream }) => stream);
    expect(streams).toEqual([0, 1]);
  });

  test.skipIf(!existsSync('/dev/full'))('ends when the disk is full, and says so once', async () => {
    const errors: Error[] = [];
    const capture = await Capture.append('/dev/full', (error) => errors.push(error));
    const connection = { id: 0, ...ends(50_000) };
    capture.onOpen(connection);
    await capture.close();
    capture.onBytes(connection, 'client', Buffer.from('more'));
    expect(errors).toMatchObject([{ code: 'ENOSPC' }]);
  });

  test.skipIf(process.platform === 'win32')('never waits for a disk that takes nothing', async () => {
    const disk = captureFile();
    execFileSync('mkfifo', [disk]);
    // Opened both ways a pipe waits for nobody, and takes 64 KiB until somebody reads.
    const held = await open(disk, 'r+');
    const capture = await Capture.append(disk, (error) => expect.fail(error.message));
    const connection: TappedConnection = { id: 0, ...ends(50_000) };
    const megabyte = Buffer.alloc(1024 * 1024);
    capture.onOpen(connection);
    for (let sent = 0; sent < 40; sent++) capture.onBytes(connection, 'server', megabyte);

    let written = 0;
    const reader = createReadStream(disk).on('data', (chunk) => {
      written += chunk.length;
    });
    await capture.close();
    await held.close();
    await once(reader, 'end');
    expect(written).toBeGreaterThan(15 * megabyte.length);
    expect(written).toBeLessThan(17 * megabyte.length);
  });
});

function ends(port: number) {
  return { client: { address: '127.0.0.1', port }, server: { address: '127.0.0.1', port: 8080 } };
}

/** What the writer wrote, as a file. */
function capture(client: string, server: string, script: (writer: PcapWriter) => void): Buffer {
  const parts = [pcapFileHeader()];
  let at = 1_795_351_568_197_322;
  const sides = { client: { address: client, port: 50_000 }, server: { address: server, port: 8080 } };
  script(
    new PcapWriter(
      sides,
      (record) => parts.push(record),
      () => at++,
    ),
  );
  return Buffer.concat(parts);
}

function readCapture(file: Buffer): WireEvent[] {
  const events: WireEvent[] = [];
  const wire = new WireReader((event) => events.push(event));
  const reader = new PcapReader((packet) => wire.push(packet));
  reader.push(file);
  reader.end();
  wire.end();
  return events;
}

describe('the capture writer', () => {
  const head = Buffer.from('GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n');

  test.each([
    ['127.0.0.1', '10.0.0.255', '127.0.0.1:50000', '10.0.0.255:8080'],
    ['::ffff:192.0.2.1', '::ffff:127.0.0.1', '192.0.2.1:50000', '127.0.0.1:8080'],
    ['::1', '2001:db8::8:800:200c:417a', '[::1]:50000', '[2001:db8::8:800:200c:417a]:8080'],
    ['fe80::1%eth0', '1:2:3:4:5:6:7:8', '[fe80::1]:50000', '[1:2:3:4:5:6:7:8]:8080'],
  ])('writes addresses as they are: %s to %s', (client, server, ...expected) => {
    const [event] = readCapture(capture(client, server, (writer) => writer.data('client', head)));
    expect([event.client, event.server]).toEqual(expected);
    expect(event.at).toBe(1_795_351_568_197_325);
  });

  test.skipIf(noTshark).each([
    ['IPv4', '127.0.0.1'],
    ['IPv6', '::1'],
  ])('computes checksums and numbers over %s that tshark agrees with', async (_name, address) => {
    const file = captureFile();
    const bytes = capture(address, address, (writer) => {
      for (const length of [0, 1, 2, 1_447, 32_768, 32_769, 200_001]) {
        writer.data('client', Buffer.alloc(length, length));
        writer.data('server', Buffer.alloc(length, 0xff));
      }
      writer.end('server');
      writer.end('client');
      writer.end('client');
    });
    writeFileSync(file, bytes);
    expect(faults(file)).toBe('');
  });
});
