import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';

/** One read of one side's bytes as they crossed the tap, or the end of that side's stream (a TCP FIN). */
export interface Crossing {
  from: 'client' | 'server';
  bytes: Buffer;
  end: boolean;
}

/** A TCP relay that keeps what crosses it and changes nothing, half-close included. */
export interface Tap {
  port: number;
  crossings: Crossing[];
  close(): void;
}

/** Opens a relay to a port of 127.0.0.1, on a free port of its own. */
export async function openTap(serverPort: number): Promise<Tap> {
  const crossings: Crossing[] = [];
  const relay = createServer({ allowHalfOpen: true }, (client) => {
    const server = connect({ port: serverPort, host: '127.0.0.1', allowHalfOpen: true });
    for (const [from, source, target] of [
      ['client', client, server],
      ['server', server, client],
    ] as const) {
      source.setNoDelay(true);
      source.on('data', (bytes) => {
        crossings.push({ from, bytes, end: false });
        target.write(bytes);
      });
      source.on('end', () => {
        crossings.push({ from, bytes: Buffer.alloc(0), end: true });
        target.end();
      });
      source.on('error', () => target.destroy());
    }
  });
  relay.listen(0, '127.0.0.1');
  await once(relay, 'listening');
  return { port: (relay.address() as AddressInfo).port, crossings, close: () => relay.close() };
}

/** Takes the two HTTP heads off the front: what is left of the crossings is frames. */
export function withoutHandshake(crossings: readonly Crossing[]): Crossing[] {
  const headSeen = { client: false, server: false };
  return crossings.flatMap((crossing) => {
    if (headSeen[crossing.from] || crossing.end) return [crossing];
    headSeen[crossing.from] = true;
    const bytes = crossing.bytes.subarray(crossing.bytes.indexOf('\r\n\r\n') + 4);
    return bytes.length > 0 ? [{ ...crossing, bytes }] : [];
  });
}
