// One list of who is in which room; everything else is searched in it.
export * from '../../../solutions/11-hub.ts';

import { Refusal, type ServerMessage, type User } from '#labs/10-protocol';
import type { HubOptions, Member } from '../../../solutions/11-hub.ts';

export class Hub {
  protected readonly options: Required<HubOptions>;
  protected connections: Member[] = [];
  protected pairs: { member: Member; room: string }[] = [];

  constructor(options: HubOptions) {
    this.options = {
      maxBufferedAmount: 1_048_576,
      maxRoomsPerMember: 100,
      maxRooms: 10_000,
      tellsPresence: true,
      ...options,
    };
  }

  get roomCount(): number {
    return new Set(this.pairs.map(({ room }) => room)).size;
  }

  get memberCount(): number {
    return this.connections.length;
  }

  connect(member: Member): void {
    this.connections.push(member);
  }

  disconnect(member: Member): void {
    for (const { room } of this.pairs.filter((pair) => pair.member === member)) this.leave(member, room);
    this.connections = this.connections.filter((other) => other !== member);
  }

  has(room: string): boolean {
    return this.pairs.some((pair) => pair.room === room);
  }

  isIn(member: Member, room: string): boolean {
    return this.pairs.some((pair) => pair.member === member && pair.room === room);
  }

  membersOf(room: string): User[] {
    return [...new Map(this.inRoom(room).map(({ user }) => [user.id, user])).values()];
  }

  join(member: Member, room: string): void {
    if (!this.connections.includes(member) || this.isIn(member, room)) return;
    this.checkCaps(member, room);
    const wasIn = this.hasUser(room, member.user);
    this.pairs.push({ member, room });
    if (!wasIn && this.options.tellsPresence) this.present(room, member.user, 'joined');
  }

  leave(member: Member, room: string): void {
    if (!this.isIn(member, room)) return;
    this.pairs = this.pairs.filter((pair) => pair.member !== member || pair.room !== room);
    if (this.options.tellsPresence && !this.hasUser(room, member.user))
      this.present(room, member.user, 'left');
  }

  broadcast(room: string, message: ServerMessage): number {
    return this.deliver(this.inRoom(room), message);
  }

  present(room: string, user: User, event: 'joined' | 'left'): void {
    const others = this.inRoom(room).filter((member) => member.user.id !== user.id);
    this.deliver(others, { type: 'presence', room, user, event });
  }

  direct(userId: string, message: ServerMessage): number {
    return this.deliver(
      this.connections.filter(({ user }) => user.id === userId),
      message,
    );
  }

  send(member: Member, message: ServerMessage): void {
    this.deliver([member], message);
  }

  protected inRoom(room: string): Member[] {
    return this.pairs.filter((pair) => pair.room === room).map(({ member }) => member);
  }

  protected hasUser(room: string, { id }: User): boolean {
    return this.inRoom(room).some(({ user }) => user.id === id);
  }

  protected checkCaps(member: Member, room: string): void {
    const { maxRoomsPerMember, maxRooms } = this.options;
    const joined = this.pairs.filter((pair) => pair.member === member).length;
    if (joined >= maxRoomsPerMember) throw new Refusal('forbidden', 'You are in too many rooms.');
    if (!this.has(room) && this.roomCount >= maxRooms)
      throw new Refusal('forbidden', 'There are too many rooms.');
  }

  protected deliver(members: Member[], message: ServerMessage): number {
    if (members.length === 0) return 0;
    const encoded = this.options.encode(message);
    for (const member of members) this.deliverOne(member, encoded, message);
    return members.length;
  }

  protected deliverOne(member: Member, encoded: Buffer, message: ServerMessage): void {
    if (member.bufferedAmount > this.options.maxBufferedAmount) {
      member.close(1013, 'You read too slowly.');
      return;
    }
    try {
      member.send(encoded, message);
    } catch {
      member.close(1011, 'It cannot be sent.');
    }
  }
}
