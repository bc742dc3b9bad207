// Rooms are arrays in a Map; a broadcast goes through a copy.
export * from '../../../solutions/11-hub.ts';

import { Refusal, type ServerMessage, type User } from '#labs/10-protocol';
import type { HubOptions, Member } from '../../../solutions/11-hub.ts';

export class Hub {
  readonly #options: HubOptions;
  readonly #rooms = new Map<string, Member[]>();
  readonly #members: Member[] = [];

  constructor(options: HubOptions) {
    this.#options = options;
  }

  get roomCount(): number {
    return this.#rooms.size;
  }

  get memberCount(): number {
    return this.#members.length;
  }

  connect(member: Member): void {
    this.#members.push(member);
  }

  disconnect(member: Member): void {
    const at = this.#members.indexOf(member);
    if (at === -1) return;
    for (const room of this.#roomsOf(member)) this.leave(member, room);
    this.#members.splice(at, 1);
  }

  #roomsOf(member: Member): string[] {
    return [...this.#rooms].filter(([, members]) => members.includes(member)).map(([room]) => room);
  }

  has(room: string): boolean {
    return this.#rooms.has(room);
  }

  isIn(member: Member, room: string): boolean {
    return this.#rooms.get(room)?.includes(member) ?? false;
  }

  membersOf(room: string): User[] {
    const users: User[] = [];
    for (const { user } of this.#rooms.get(room) ?? []) {
      if (!users.some(({ id }) => id === user.id)) users.push(user);
    }
    return users;
  }

  join(member: Member, room: string): void {
    if (!this.#members.includes(member) || this.isIn(member, room)) return;
    if (this.#roomsOf(member).length >= (this.#options.maxRoomsPerMember ?? 100)) throw full();
    const members = this.#rooms.get(room) ?? [];
    if (members.length === 0 && this.#rooms.size >= (this.#options.maxRooms ?? 10_000)) throw full();
    this.#rooms.set(room, [...members, member]);
    this.#tell(room, member.user, members, 'joined');
  }

  leave(member: Member, room: string): void {
    if (!this.isIn(member, room)) return;
    const left = (this.#rooms.get(room) ?? []).filter((other) => other !== member);
    if (left.length > 0) this.#rooms.set(room, left);
    else this.#rooms.delete(room);
    this.#tell(room, member.user, left, 'left');
  }

  #tell(room: string, user: User, others: Member[], event: 'joined' | 'left'): void {
    const isStillThere = others.some((other) => other.user.id === user.id);
    if (!isStillThere && this.#options.tellsPresence !== false) this.present(room, user, event);
  }

  present(room: string, user: User, event: 'joined' | 'left'): void {
    const others = this.#rooms.get(room)?.filter(({ user: { id } }) => id !== user.id) ?? [];
    this.#deliver(others, { type: 'presence', room, user, event });
  }

  broadcast(room: string, message: ServerMessage): number {
    return this.#deliver(this.#rooms.get(room) ?? [], message);
  }

  direct(userId: string, message: ServerMessage): number {
    return this.#deliver(
      this.#members.filter(({ user }) => user.id === userId),
      message,
    );
  }

  send(member: Member, message: ServerMessage): void {
    this.#deliver([member], message);
  }

  #deliver(members: readonly Member[], message: ServerMessage): number {
    let encoded: Buffer | undefined;
    for (const member of members) {
      encoded ??= this.#options.encode(message);
      try {
        if (member.bufferedAmount <= (this.#options.maxBufferedAmount ?? 2 ** 20))
          member.send(encoded, message);
        else member.close(1013, 'slow');
      } catch {
        member.close(1011, 'broken');
      }
    }
    return members.length;
  }
}

function full(): Refusal {
  return new Refusal('forbidden', 'There is no room left.');
}
