import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { encodeFrame, Opcode } from '#labs/03-frames';
import { FrameParser } from '#labs/04-frame-parser';

/** How long a connection through it lives, in ms. */
const lifeMs = 2_000;
/** At the end of a connection's life, what the server says is lost for this long, in ms: acknowledgements too. */
const deafMs = 200;
/** The longest time a piece is held back, in ms. */
const delayMs = 10;
/** One chat message in so many comes twice, either way. */
const repeatEvery = 5;

/** What has happened in a bad network. */
export interface Mishaps {
  cuts: number;
  repeats: number;
}

/**
 * A proxy to a port of this machine that is a bad network: it cuts every connection after 2 s, splits and delays
 * all bytes, keeps their order, and repeats chat messages.
 */
export async function startBadNetwork(
  target: number,
  random: () => number,
): Promise<{ port: number; mishaps: Mishaps; close(): Promise<void> }> {
  const mishaps: Mishaps = { cuts: 0, repeats: 0 };
  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1');
    const isDeaf = endLater(near, far);
    relay(near, far, repeater('server'), () => false);
    relay(far, near, repeater('client'), isDeaf);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    mishaps,
    async close() {
      server.close();
      await once(server, 'close');
    },
  };

  /** Cuts both sides when their time is over; tells whether the client hears nothing any more. */
  function endLater(near: Socket, far: Socket): () => boolean {
    const deafAt = performance.now() + lifeMs - deafMs;
    const timer = setTimeout(() => {
      mishaps.cuts++;
      near.resetAndDestroy();
      far.destroy();
    }, lifeMs);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ]) {
      socket.on('error', () => {});
      socket.on('close', () => {
        clearTimeout(timer);
        other.destroy();
      });
    }
    return () => performance.now() > deafAt;
  }

  async function relay(
    from: Socket,
    to: Socket,
    repeat: (chunk: Buffer) => Buffer,
    isDeaf: () => boolean,
  ): Promise<void> {
    try {
      for await (const chunk of from) {
        const bytes = repeat(chunk as Buffer);
        const cut = Math.floor(random() * bytes.length);
        for (const piece of [bytes.subarray(0, cut), bytes.subarray(cut)]) {
          await delay(random() * delayMs);
          if (piece.length > 0 && !isDeaf()) to.write(piece);
        }
      }
      to.end();
    } catch {
      // The connection was cut; both sides know.
    }
  }

  /** Repeats chat messages in one direction of a connection; `role` is that of the side the bytes go to. */
  function repeater(role: 'server' | 'client'): (chunk: Buffer) => Buffer {
    let head = '';
    let out: Buffer[] = [];
    let messages = 0;
    const maskingKey = role === 'server' ? Buffer.from('37fa213d', 'hex') : undefined;
    const parser = new FrameParser({ role }, ({ opcode, payload }) => {
      // The chat sends no fragments.
      const frame = encodeFrame({ opcode, payload, maskingKey });
      out.push(frame);
      const isChat = opcode === Opcode.Text && payload.includes('"type":"chat"');
      if (!isChat || ++messages % repeatEvery > 0) return;
      mishaps.repeats++;
      out.push(frame);
    });
    return (chunk) => {
      if (!head.endsWith('\r\n\r\n')) {
        head += chunk.toString('latin1');
        return chunk;
      }
      if (!/^Upgrade: websocket/im.test(head)) return chunk;
      out = [];
      parser.push(Buffer.from(chunk));
      return Buffer.concat(out);
    };
  }
}
