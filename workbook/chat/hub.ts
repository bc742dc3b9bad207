import { History } from './history.ts';
import { serverLimits } from './limits.ts';
import { type ClientMessage, type MessageOf, Refusal, type ServerMessage, type User } from './protocol.ts';

/** One connection of one user, as the hub sees it. */
export interface Member {
  readonly user: User;
  /** Takes bytes that `encode` made. Must not throw, whatever state the connection is in. */
  deliver(encoded: Buffer): void;
}

/** The connections in a room, by user: presence is told once a user, however many tabs they have open. */
interface Room {
  name: string;
  history: History;
  members: Map<string, Set<Member>>;
}

type Chat = MessageOf<ClientMessage, 'chat'>;
type Direct = MessageOf<ClientMessage, 'direct'>;
type Join = MessageOf<ClientMessage, 'join'>;
type Ack = MessageOf<ServerMessage, 'ack'>;

/** Acknowledgements remembered, over all users: a message repeated within so many is not sent twice. */
const maxAcks = 10_000;

/** Rooms, who is in them, and what is said there. Knows nothing of sockets. */
export class Hub {
  readonly #encode: (message: ServerMessage) => Buffer;
  readonly #rooms = new Map<string, Room>();
  readonly #users = new Map<string, Set<Member>>();
  readonly #roomsOf = new Map<Member, Set<Room>>();
  readonly #acks = new Map<string, Ack>();
  #messageCount = 0;

  /** `encode` is called once a message, however many connections it goes to. */
  constructor(encode: (message: ServerMessage) => Buffer) {
    this.#encode = encode;
  }

  /** Rooms kept, empty ones included. */
  get roomCount(): number {
    return this.#rooms.size;
  }

  /** Messages stored in rooms since the start. */
  get messageCount(): number {
    return this.#messageCount;
  }

  connect(member: Member): void {
    addTo(this.#users, member.user.id, member);
    this.#roomsOf.set(member, new Set());
  }

  /** Takes a connection out of every room. Does nothing the second time. */
  disconnect(member: Member): void {
    for (const room of this.#roomsOf.get(member) ?? []) this.#remove(member, room);
    this.#roomsOf.delete(member);
    removeFrom(this.#users, member.user.id, member);
  }

  /** @throws Refusal `forbidden` where a cap on rooms is reached. */
  join(member: Member, { room: name, since }: Join): void {
    const joined = this.#roomsOf.get(member);
    if (!joined) return;
    const room = this.#rooms.get(name) ?? this.#open(name);
    if (!joined.has(room) && joined.size >= serverLimits.maxRoomsPerConnection) {
      throw new Refusal('forbidden', `You are in ${joined.size} rooms already. Leave one first.`);
    }
    const isNew = !room.members.has(member.user.id);
    joined.add(room);
    addTo(room.members, member.user.id, member);
    this.#deliver([member], {
      type: 'joined',
      room: name,
      epoch: room.history.epoch,
      seq: room.history.seq,
      ...room.history.replay(since),
      members: [...room.members.values()].flatMap(([first]) => first.user),
    });
    if (isNew) this.#tellOthers(room, member.user, 'joined');
  }

  /** @throws Refusal `not_in_room` */
  leave(member: Member, name: string): void {
    const room = this.#roomWith(member, name);
    this.#roomsOf.get(member)?.delete(room);
    this.#remove(member, room);
  }

  /**
   * Stores a message, acknowledges it, and sends it to everyone in the room, its sender included: that is how
   * their other tabs get it, and how all see one order.
   *
   * @throws Refusal `not_in_room`
   */
  chat(member: Member, { id, room: name, content }: Chat): void {
    if (this.#acknowledgeRepeat(member, id)) return;
    const room = this.#roomWith(member, name, id);
    const from = member.user;
    const message = room.history.append({ type: 'chat', room: name, id, from, content, at: Date.now() });
    this.#messageCount++;
    this.#acknowledge(member, { type: 'ack', id, room: name, seq: message.seq });
    this.#deliver(everyone(room), message);
  }

  /** @throws Refusal `unknown_user` when nobody with that id is connected. */
  direct(member: Member, { id, to, content }: Direct): void {
    if (this.#acknowledgeRepeat(member, id)) return;
    const recipients = this.#users.get(to);
    if (!recipients) throw new Refusal('unknown_user', 'This user is not connected.', id);
    this.#deliver(recipients, { type: 'direct', id, from: member.user, content, at: Date.now() });
    this.#acknowledge(member, { type: 'ack', id });
  }

  #open(name: string): Room {
    if (this.#rooms.size >= serverLimits.maxRooms) this.#forgetOneEmpty();
    const room = { name, history: new History(), members: new Map() };
    this.#rooms.set(name, room);
    return room;
  }

  #forgetOneEmpty(): void {
    for (const [name, room] of this.#rooms) {
      if (room.members.size > 0) continue;
      this.#rooms.delete(name);
      return;
    }
    throw new Refusal('forbidden', 'The server has as many rooms as it can hold.');
  }

  #remove(member: Member, room: Room): void {
    removeFrom(room.members, member.user.id, member);
    if (!room.members.has(member.user.id)) this.#tellOthers(room, member.user, 'left');
    if (room.members.size > 0) return;
    // An empty room keeps its history for those who come back. It moves to the end: the longest empty is first.
    this.#rooms.delete(room.name);
    this.#rooms.set(room.name, room);
  }

  #roomWith(member: Member, name: string, id?: string): Room {
    const room = this.#rooms.get(name);
    if (room && this.#roomsOf.get(member)?.has(room)) return room;
    throw new Refusal('not_in_room', `You are not in the room ${JSON.stringify(name)}.`, id);
  }

  #tellOthers(room: Room, user: User, event: 'joined' | 'left'): void {
    const others = [...room.members].flatMap(([id, members]) => (id === user.id ? [] : [...members]));
    this.#deliver(others, { type: 'presence', room: room.name, user, event });
  }

  #acknowledge(member: Member, ack: Ack): void {
    this.#acks.set(ackKey(member, ack.id), ack);
    if (this.#acks.size > maxAcks) {
      const [oldest] = this.#acks.keys();
      this.#acks.delete(oldest);
    }
    this.#deliver([member], ack);
  }

  /** A client that lost the connection before the ack sends again: it gets the ack, and nobody else anything. */
  #acknowledgeRepeat(member: Member, id: string): boolean {
    const ack = this.#acks.get(ackKey(member, id));
    if (ack) this.#deliver([member], ack);
    return ack !== undefined;
  }

  #deliver(members: Iterable<Member>, message: ServerMessage): void {
    const encoded = this.#encode(message);
    for (const member of members) member.deliver(encoded);
  }
}

function ackKey(member: Member, id: string): string {
  return `${member.user.id} ${id}`;
}

function everyone(room: Room): Member[] {
  return [...room.members.values()].flatMap((members) => [...members]);
}

function addTo<K>(sets: Map<K, Set<Member>>, key: K, member: Member): void {
  const set = sets.get(key);
  if (set) set.add(member);
  else sets.set(key, new Set([member]));
}

/** An entry goes with its last member, so that `has` means "somebody is there". */
function removeFrom<K>(sets: Map<K, Set<Member>>, key: K, member: Member): void {
  const set = sets.get(key);
  set?.delete(member);
  if (set?.size === 0) sets.delete(key);
}
