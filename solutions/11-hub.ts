import { Refusal, type ServerMessage, type User } from '#labs/10-protocol';

/** One connection of one user, as the hub sees it. */
export interface Member {
  readonly user: User;
  /** Bytes given to `send` that the operating system has not taken yet. */
  readonly bufferedAmount: number;
  /** Takes bytes that the hub's `encode` made of `message`; the same bytes go to others too. */
  send(encoded: Buffer, message: ServerMessage): void;
  /** Ends the connection; `disconnect` follows at once or later. */
  close(code: number, reason: string): void;
}

export interface HubOptions {
  /** Makes bytes of a message: called once a message, however many members it goes to. */
  encode(message: ServerMessage): Buffer;
  /** Bytes that may wait for a slow reader; past it its connection is closed with 1013. Default: 1 MiB. */
  maxBufferedAmount?: number;
  /** Rooms one member may be in. Default: 100. */
  maxRoomsPerMember?: number;
  /** Rooms with somebody in them. Default: 10,000. */
  maxRooms?: number;
  /** Whether `join` and `leave` tell a room who came and went; not where a backplane does (lab 17). Default: true. */
  tellsPresence?: boolean;
}

/**
 * Who is connected, who is in which room, and how a message reaches them. It knows nothing of sockets, and
 * keeps nothing of a room that is empty.
 */
export class Hub {
  // #region solution: the options, users and rooms with their members, and which rooms each member is in
  readonly #encode: (message: ServerMessage) => Buffer;
  readonly #maxBufferedAmount: number;
  readonly #maxRoomsPerMember: number;
  readonly #maxRooms: number;
  readonly #tellsPresence: boolean;
  readonly #users = new Map<string, Set<Member>>();
  readonly #rooms = new Map<string, Room>();
  readonly #roomsOf = new Map<Member, Set<string>>();
  // #endregion

  constructor(options: HubOptions) {
    // #region solution: keep the options, with their defaults
    this.#encode = options.encode;
    this.#maxBufferedAmount = options.maxBufferedAmount ?? 1_048_576;
    this.#maxRoomsPerMember = options.maxRoomsPerMember ?? 100;
    this.#maxRooms = options.maxRooms ?? 10_000;
    this.#tellsPresence = options.tellsPresence ?? true;
    // #endregion
  }

  /** Rooms with somebody in them. */
  get roomCount(): number {
    // #region solution: a room exists as long as it has members
    return this.#rooms.size;
    // #endregion
  }

  /** Connections. */
  get memberCount(): number {
    // #region solution: those connected and not disconnected
    return this.#roomsOf.size;
    // #endregion
  }

  connect(member: Member): void {
    // #region solution: a user may have many connections
    const connections = this.#users.get(member.user.id);
    if (connections) connections.add(member);
    else this.#users.set(member.user.id, new Set([member]));
    this.#roomsOf.set(member, new Set());
    // #endregion
  }

  // #region disconnect
  /** Takes a connection out of every room, and tells those who stay. Does nothing the second time. */
  disconnect(member: Member): void {
    // #region solution: leave every room, then forget the member; leave nothing behind
    for (const room of this.#roomsOf.get(member) ?? []) this.leave(member, room);
    this.#roomsOf.delete(member);
    const connections = this.#users.get(member.user.id);
    connections?.delete(member);
    if (connections?.size === 0) this.#users.delete(member.user.id);
    // #endregion
  }
  // #endregion disconnect

  /** Whether anyone is in the room. */
  has(room: string): boolean {
    // #region solution: a room exists as long as it has members
    return this.#rooms.has(room);
    // #endregion
  }

  /** Whether this connection is in the room. */
  isIn(member: Member, room: string): boolean {
    // #region solution: what join and leave keep
    return this.#roomsOf.get(member)?.has(room) ?? false;
    // #endregion
  }

  /** Who is in the room: each user once, however many tabs they have open. */
  membersOf(room: string): User[] {
    // #region solution: one entry a user
    return [...(this.#rooms.get(room)?.users.values() ?? [])].map(({ user }) => user);
    // #endregion
  }

  /**
   * Puts a connection into a room, and tells the others when it is the first of its user. Does nothing when it
   * is in already, or is not connected.
   *
   * @throws Refusal `forbidden` where a cap on rooms is reached.
   */
  join(member: Member, name: string): void {
    // #region solution: check the caps first; a room begins with its first member; presence is told once a user
    const joined = this.#roomsOf.get(member);
    if (!joined || joined.has(name)) return;
    if (joined.size >= this.#maxRoomsPerMember) {
      throw new Refusal('forbidden', `You are in ${joined.size} rooms already. Leave one first.`);
    }
    const room = this.#rooms.get(name) ?? this.#open(name);
    joined.add(name);
    const wasFirst = addTo(room, member);
    if (wasFirst && this.#tellsPresence) this.present(name, member.user, 'joined');
    // #endregion
  }

  // #region leave
  /** Takes a connection out of a room, and tells the others when it was the last of its user. */
  leave(member: Member, name: string): void {
    // #region solution: the room goes with its last member; presence is told once a user
    const room = this.#rooms.get(name);
    if (!room || !this.#roomsOf.get(member)?.delete(name)) return;
    const wasLast = removeFrom(room, member);
    if (room.members.size === 0) this.#rooms.delete(name);
    else if (wasLast && this.#tellsPresence) this.present(name, member.user, 'left');
    // #endregion
  }
  // #endregion leave

  /** Sends a message to everyone in a room, encoded once. Returns to how many connections. */
  broadcast(name: string, message: ServerMessage): number {
    // #region solution: encode once; a member may leave or fail while you go through them, and no one may stop the others
    return this.#deliver(this.#rooms.get(name)?.members ?? nobody, message);
    // #endregion
  }

  /** Tells a room who came or went: the others, not the user's own connections. */
  present(name: string, user: User, event: 'joined' | 'left'): void {
    // #region solution: as a broadcast, to those in the room whose user is another
    const members = this.#rooms.get(name)?.members ?? nobody;
    const others = [...members].filter((member) => member.user.id !== user.id);
    this.#deliver(new Set(others), { type: 'presence', room: name, user, event });
    // #endregion
  }

  /** Sends a message to all connections of a user. Returns how many: 0 for one who is not connected. */
  direct(userId: string, message: ServerMessage): number {
    // #region solution: as a broadcast, to one user
    return this.#deliver(this.#users.get(userId) ?? nobody, message);
    // #endregion
  }

  /** Sends a message to one connection. */
  send(member: Member, message: ServerMessage): void {
    // #region solution: as a broadcast, to one connection
    this.#deliver(new Set([member]), message);
    // #endregion
  }

  // #region solution: private methods of your own, if you like
  #open(name: string): Room {
    if (this.#rooms.size >= this.#maxRooms) {
      throw new Refusal('forbidden', 'The server has as many rooms as it can hold.');
    }
    const room: Room = { members: new Set(), users: new Map() };
    this.#rooms.set(name, room);
    return room;
  }

  // #region deliver
  /** Whoever leaves or is closed meanwhile disturbs nobody: a Set goes on behind an element that was taken out. */
  #deliver(members: ReadonlySet<Member>, message: ServerMessage): number {
    const count = members.size;
    if (count === 0) return 0;
    const encoded = this.#encode(message);
    for (const member of members) {
      // What one connection throws is its own trouble, never that of those after it.
      try {
        // Nobody's slow connection may fill the server's memory: who reads too slowly comes back and resumes.
        if (member.bufferedAmount > this.#maxBufferedAmount)
          member.close(1013, 'Too slow: too much was waiting.');
        else member.send(encoded, message);
      } catch {
        member.close(1011, 'Sending failed.');
      }
    }
    return count;
  }
  // #endregion deliver
  // #endregion
}

// #region solution: types and helpers of your own, if you like
interface Room {
  /** Connections. */
  members: Set<Member>;
  /** By id: a user is there as long as one of their connections is. */
  users: Map<string, { user: User; connections: number }>;
}

const nobody: ReadonlySet<Member> = new Set();

/** True when it is the user's first connection in the room. */
function addTo({ members, users }: Room, member: Member): boolean {
  members.add(member);
  const known = users.get(member.user.id);
  if (known) known.connections++;
  else users.set(member.user.id, { user: member.user, connections: 1 });
  return !known;
}

/** True when it was the user's last connection in the room. */
function removeFrom({ members, users }: Room, member: Member): boolean {
  members.delete(member);
  const known = users.get(member.user.id);
  if (!known || --known.connections > 0) return false;
  return users.delete(member.user.id);
}
// #endregion
