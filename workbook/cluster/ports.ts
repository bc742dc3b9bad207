import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

const host = '127.0.0.1';
/** From one look to the next whether somebody listens, in ms. */
const lookEveryMs = 20;

/**
 * A port on which nobody listens now; 0 for any. For programs that cannot be asked which one they got.
 *
 * @throws the error of `listen`: with code `EADDRINUSE` when the port is taken.
 */
export async function freePort(wanted = 0): Promise<number> {
  const server = createServer();
  await once(server.listen(wanted, host), 'listening');
  const { port } = server.address() as AddressInfo;
  await once(server.close(), 'close');
  return port;
}

/** Resolves once somebody listens on the port. */
export async function untilListening(port: number, signal: AbortSignal): Promise<void> {
  while (!(await isListening(port))) await delay(lookEveryMs, undefined, { signal });
}

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, host);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
