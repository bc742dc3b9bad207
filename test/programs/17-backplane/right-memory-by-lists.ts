// The memory engine keeps plain lists of connections, searches them, and tells nodes in a later turn of the event loop.
export * from '../../../solutions/17-backplane.ts';

import type { MessageOf, Position, ServerMessage, User } from '#labs/10-protocol';
import { type Post, RoomLog } from '#labs/14-resume';
import { MemoryClaims } from '#labs/15-auth';
import type {
  Appended,
  Backplane,
  BackplaneListener,
  MemoryStoreOptions,
  RoomHistory,
} from '../../../solutions/17-backplane.ts';

type Direct = MessageOf<ServerMessage, 'direct'>;

export class MemoryStore {
  readonly claims: MemoryClaims;
  readonly options: MemoryStoreOptions;
  nodes: MemoryBackplane[] = [];
  /** One entry a connection. */
  members: { room: string; user: User; node: MemoryBackplane }[] = [];
  logs: { room: string; log: RoomLog }[] = [];
  directs: string[] = [];

  constructor(options: MemoryStoreOptions = {}) {
    this.options = options;
    this.claims = new MemoryClaims(options.clock);
  }

  log(room: string): RoomLog {
    const kept = this.logs.find((each) => each.room === room) ?? {
      room,
      log: new RoomLog(room, this.options.log),
    };
    this.logs = [...this.logs.filter((each) => each !== kept), kept];
    if (this.logs.length > (this.options.maxLogs ?? 1_000)) {
      const idle = this.logs.find((each) => !this.members.some((member) => member.room === each.room));
      this.logs = this.logs.filter((each) => each !== idle);
    }
    return kept.log;
  }
}

export class MemoryBackplane implements Backplane {
  readonly name = 'memory';
  readonly store: MemoryStore;
  listener: BackplaneListener | undefined;
  users: string[] = [];

  constructor({ store = new MemoryStore() }: { store?: MemoryStore } = {}) {
    this.store = store;
  }

  get isUp(): boolean {
    return this.listener !== undefined;
  }

  async start(listener: BackplaneListener): Promise<void> {
    this.listener = listener;
    this.store.nodes.push(this);
    listener.health(true);
  }

  async append(room: string, post: Post): Promise<Appended> {
    const { seq, message } = this.store.log(room).append(post);
    if (message) this.tell(room, (listener) => listener.message(message));
    return { seq, isNew: message !== undefined };
  }

  async read(room: string, since?: Position): Promise<RoomHistory> {
    const log = this.store.log(room);
    return { epoch: log.epoch, seq: log.seq, ...log.replay(since) };
  }

  async enter(room: string, user: User): Promise<void> {
    const isFirst = this.isAbsent(room, user);
    this.store.members.push({ room, user, node: this });
    if (isFirst) this.tell(room, (listener) => listener.presence(room, user, 'joined'));
  }

  async leave(room: string, user: User): Promise<void> {
    const at = this.store.members.findIndex(
      (each) => each.node === this && each.room === room && each.user.id === user.id,
    );
    if (at < 0) return;
    this.store.members.splice(at, 1);
    if (this.isAbsent(room, user)) this.tell(room, (listener) => listener.presence(room, user, 'left'));
  }

  async membersOf(room: string): Promise<User[]> {
    const users = this.counted(room).map(({ user }) => user);
    return users.filter((user, at) => users.findIndex(({ id }) => id === user.id) === at);
  }

  async arrive(user: User): Promise<void> {
    this.users.push(user.id);
  }

  async depart(user: User): Promise<void> {
    this.users.splice(this.users.indexOf(user.id), 1);
  }

  async direct(to: string, message: Direct): Promise<boolean> {
    const key = JSON.stringify([to, message.from.id, message.id]);
    if (this.store.directs.includes(key)) return true;
    const nodes = this.store.nodes.filter(({ users }) => users.includes(to));
    if (nodes.length > 0 || this.remembersAll()) this.store.directs.push(key);
    for (const { listener } of nodes) listener?.direct(to, message);
    return nodes.length > 0;
  }

  async revoke(session: string): Promise<void> {
    for (const { listener } of this.store.nodes) listener?.revoked(session);
  }

  claim(key: string, lifetimeMs: number): Promise<boolean> {
    return this.store.claims.claim(key, lifetimeMs);
  }

  isClaimed(key: string): Promise<boolean> {
    return this.store.claims.isClaimed(key);
  }

  async stop(): Promise<void> {
    for (const { room, user, node } of [...this.store.members])
      if (node === this) await this.leave(room, user);
    this.store.nodes = this.store.nodes.filter((node) => node !== this);
    this.listener = undefined;
  }

  protected isAbsent(room: string, user: User): boolean {
    return !this.counted(room).some((each) => each.user.id === user.id);
  }

  protected counted(room: string): { user: User; node: MemoryBackplane }[] {
    return this.store.members.filter((each) => each.room === room);
  }

  protected remembersAll(): boolean {
    return false;
  }

  protected heard(): MemoryBackplane[] {
    return this.store.nodes;
  }

  protected tell(room: string, tell: (listener: BackplaneListener) => void): void {
    const nodes = this.heard().filter((node) =>
      this.store.members.some((each) => each.node === node && each.room === room),
    );
    setImmediate(() => {
      for (const { listener } of nodes) if (listener) tell(listener);
    });
  }
}
