import { Refusal, type ServerMessage, type User } from '#labs/10-protocol';
import { Unfinished } from '../workbook/unfinished.ts';

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
  // TODO: the options, users and rooms with their members, and which rooms each member is in

  constructor(options: HubOptions) {
    // TODO: keep the options, with their defaults
    throw new Unfinished('11-hub: constructor');
  }

  /** Rooms with somebody in them. */
  get roomCount(): number {
    // TODO: a room exists as long as it has members
    throw new Unfinished('11-hub: roomCount');
  }

  /** Connections. */
  get memberCount(): number {
    // TODO: those connected and not disconnected
    throw new Unfinished('11-hub: memberCount');
  }

  connect(member: Member): void {
    // TODO: a user may have many connections
    throw new Unfinished('11-hub: connect');
  }

  /** Takes a connection out of every room, and tells those who stay. Does nothing the second time. */
  disconnect(member: Member): void {
    // TODO: leave every room, then forget the member; leave nothing behind
    throw new Unfinished('11-hub: disconnect');
  }

  /** Whether anyone is in the room. */
  has(room: string): boolean {
    // TODO: a room exists as long as it has members
    throw new Unfinished('11-hub: has');
  }

  /** Whether this connection is in the room. */
  isIn(member: Member, room: string): boolean {
    // TODO: what join and leave keep
    throw new Unfinished('11-hub: isIn');
  }

  /** Who is in the room: each user once, however many tabs they have open. */
  membersOf(room: string): User[] {
    // TODO: one entry a user
    throw new Unfinished('11-hub: membersOf');
  }

  /**
   * Puts a connection into a room, and tells the others when it is the first of its user. Does nothing when it
   * is in already, or is not connected.
   *
   * @throws Refusal `forbidden` where a cap on rooms is reached.
   */
  join(member: Member, name: string): void {
    // TODO: check the caps first; a room begins with its first member; presence is told once a user
    throw new Unfinished('11-hub: join');
  }

  /** Takes a connection out of a room, and tells the others when it was the last of its user. */
  leave(member: Member, name: string): void {
    // TODO: the room goes with its last member; presence is told once a user
    throw new Unfinished('11-hub: leave');
  }

  /** Sends a message to everyone in a room, encoded once. Returns to how many connections. */
  broadcast(name: string, message: ServerMessage): number {
    // TODO: encode once; a member may leave or fail while you go through them, and no one may stop the others
    throw new Unfinished('11-hub: broadcast');
  }

  /** Tells a room who came or went: the others, not the user's own connections. */
  present(name: string, user: User, event: 'joined' | 'left'): void {
    // TODO: as a broadcast, to those in the room whose user is another
    throw new Unfinished('11-hub: present');
  }

  /** Sends a message to all connections of a user. Returns how many: 0 for one who is not connected. */
  direct(userId: string, message: ServerMessage): number {
    // TODO: as a broadcast, to one user
    throw new Unfinished('11-hub: direct');
  }

  /** Sends a message to one connection. */
  send(member: Member, message: ServerMessage): void {
    // TODO: as a broadcast, to one connection
    throw new Unfinished('11-hub: send');
  }

  // TODO: private methods of your own, if you like
}

// TODO: types and helpers of your own, if you like
