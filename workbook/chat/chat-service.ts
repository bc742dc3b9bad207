import { type ClientMessage, type MessageOf, Refusal, type ServerMessage } from '#labs/10-protocol';
import type { Hub, Member } from '#labs/11-hub';
import type { Rooms } from './rooms.ts';

/** Direct messages remembered, over all users: one that is repeated within so many is not sent twice. */
const maxDirects = 10_000;

/** What the chat does with each message of an authenticated connection: the hub delivers, the rooms' logs keep. */
export class ChatService {
  readonly #hub: Hub;
  readonly #rooms: Rooms;
  /** Direct messages that were acknowledged, by sender and id, the oldest first. */
  readonly #directs = new Set<string>();

  constructor(hub: Hub, rooms: Rooms) {
    this.#hub = hub;
    this.#rooms = rooms;
  }

  /** @throws Refusal for what cannot be done; its reply is for the sender. */
  handle(member: Member, message: ClientMessage): void {
    switch (message.type) {
      case 'auth':
        throw new Refusal('bad_message', 'This connection is authenticated already.');
      case 'join':
        this.#join(member, message);
        break;
      case 'leave':
        this.#mustBeIn(member, message.room);
        this.#hub.leave(member, message.room);
        break;
      case 'chat':
        this.#chat(member, message);
        break;
      case 'direct':
        this.#direct(member, message);
        break;
      case 'ping':
        this.#hub.send(member, { type: 'pong' });
        break;
    }
  }

  // #region join
  /** In this order, and with nothing awaited between: what is said after the history is read reaches the member. */
  #join(member: Member, { room, since }: MessageOf<ClientMessage, 'join'>): void {
    this.#hub.join(member, room);
    const log = this.#rooms.log(room);
    this.#hub.send(member, {
      type: 'joined',
      room,
      epoch: log.epoch,
      seq: log.seq,
      ...log.replay(since),
      members: this.#hub.membersOf(room),
    });
  }
  // #endregion join

  // #region chat
  /** The sender gets their own message as well: that is how their other tabs get it, and how all see one order. */
  #chat(member: Member, { id, room, content }: MessageOf<ClientMessage, 'chat'>): void {
    this.#mustBeIn(member, room, id);
    const { seq, message } = this.#rooms.append(room, { id, from: member.user, content, at: Date.now() });
    this.#hub.send(member, { type: 'ack', id, room, seq });
    if (message) this.#hub.broadcast(room, message);
  }
  // #endregion chat

  #direct(member: Member, { id, to, content }: MessageOf<ClientMessage, 'direct'>): void {
    const key = JSON.stringify([member.user.id, id]);
    if (!this.#directs.has(key)) {
      const message: ServerMessage = { type: 'direct', id, from: member.user, content, at: Date.now() };
      if (this.#hub.direct(to, message) === 0) {
        throw new Refusal('unknown_user', 'This user is not connected.', id);
      }
      this.#remember(key);
    }
    this.#hub.send(member, { type: 'ack', id });
  }

  #remember(key: string): void {
    this.#directs.add(key);
    if (this.#directs.size <= maxDirects) return;
    const [oldest] = this.#directs;
    this.#directs.delete(oldest);
  }

  #mustBeIn(member: Member, room: string, id?: string): void {
    if (this.#hub.isIn(member, room)) return;
    throw new Refusal('not_in_room', `You are not in the room ${JSON.stringify(room)}.`, id);
  }
}
