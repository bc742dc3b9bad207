import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A network between a node and its Redis that can go silent, or break. */
export class RedisProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** Of connections that came while it was silent. */
  readonly #unheard = new Set<Socket>();
  #isSilent = false;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** To a port of this machine. */
  static async start(target: number): Promise<RedisProxy> {
    const server = createServer();
    const proxy = new RedisProxy(server);
    server.on('connection', (near) => proxy.#relay(near, connect(target, '127.0.0.1')));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return proxy;
  }

  get url(): string {
    return `redis://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** From now on every byte is lost, either way, of connections that come later, too; and nobody is told. */
  silence(): void {
    this.#isSilent = true;
  }

  /** The network is there again: for who comes now, and for who has knocked meanwhile. What was open before stays silent. */
  mend(): void {
    this.#isSilent = false;
    for (const socket of this.#unheard) socket.destroy();
    this.#unheard.clear();
  }

  /** Ends every connection, as a middlebox that restarts does. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.#server.close();
    this.cut();
    await once(this.#server, 'close');
  }

  #relay(near: Socket, far: Socket): void {
    let isDead = this.#isSilent;
    if (isDead) this.#unheard.add(near).add(far);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ]) {
      this.#sockets.add(from);
      from.on('error', () => {});
      from.on('data', (chunk) => {
        isDead ||= this.#isSilent;
        if (!isDead) to.write(chunk);
      });
      from.on('close', () => {
        this.#sockets.delete(from);
        // Of what is silent nobody hears that it has ended either.
        if (!isDead && !this.#isSilent) to.destroy();
      });
    }
  }
}
