// Over the solution, but it keeps its own count of rooms, and checks the caps by itself.
export * from '../../../solutions/11-hub.ts';

import { Refusal } from '#labs/10-protocol';
import { type HubOptions, type Member, Hub as Solution } from '../../../solutions/11-hub.ts';

export class Hub extends Solution {
  readonly #caps: { rooms: number; member: number };
  readonly #counts = new Map<Member, number>();

  constructor({ maxRooms = 10_000, maxRoomsPerMember = 100, ...options }: HubOptions) {
    super({ ...options, maxRooms: Number.POSITIVE_INFINITY, maxRoomsPerMember: Number.POSITIVE_INFINITY });
    this.#caps = { rooms: maxRooms, member: maxRoomsPerMember };
  }

  override join(member: Member, room: string): void {
    if (this.isIn(member, room)) return;
    const count = this.#counts.get(member) ?? 0;
    const isFull = !this.has(room) && this.roomCount === this.#caps.rooms;
    if (count === this.#caps.member || isFull) throw new Refusal('forbidden', 'No more rooms.');
    super.join(member, room);
    if (this.isIn(member, room)) this.#counts.set(member, count + 1);
  }

  override leave(member: Member, room: string): void {
    if (this.isIn(member, room)) this.#counts.set(member, (this.#counts.get(member) ?? 1) - 1);
    super.leave(member, room);
  }

  override disconnect(member: Member): void {
    super.disconnect(member);
    this.#counts.delete(member);
  }
}
