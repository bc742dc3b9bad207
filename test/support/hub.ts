import { expect } from 'vitest';
import type { ServerMessage } from '#labs/10-protocol';
import { Hub, type HubOptions, type Member } from '#labs/11-hub';

/** A member whose connection is a list: what it was sent, and how it was closed. */
export class TestMember implements Member {
  readonly user: { id: string; name: string };
  readonly sent: Buffer[] = [];
  closedWith: [code: number, reason: string][] = [];
  bufferedAmount = 0;
  /** What happens at each `send`, besides it being kept. */
  onSend: () => void = () => {};
  /** What happens at each `close`. */
  onClose: () => void = () => {};

  constructor(id: string, name = id) {
    this.user = { id, name };
  }

  send(encoded: Buffer): void {
    this.sent.push(encoded);
    this.onSend();
  }

  close(code: number, reason: string): void {
    this.closedWith.push([code, reason]);
    this.onClose();
  }

  /** What it was sent since the last time, as messages. */
  heard(): ServerMessage[] {
    return this.sent.splice(0).map((encoded) => JSON.parse(encoded.toString()) as ServerMessage);
  }

  /** The same in short: `joined u2 lobby`, `hello`. */
  heardInShort(): string[] {
    return this.heard().map((message) => {
      if (message.type === 'presence') return `${message.event} ${message.user.id} ${message.room}`;
      return message.type === 'chat' || message.type === 'direct' ? message.content : message.type;
    });
  }
}

/** A hub that counts how often it encodes. */
export class CountingHub {
  encoded = 0;
  readonly hub: Hub;

  constructor(options: Omit<HubOptions, 'encode'> = {}) {
    this.hub = new Hub({
      ...options,
      encode: (message) => {
        this.encoded++;
        return Buffer.from(JSON.stringify(message));
      },
    });
  }
}

/** A hub with these users connected, one connection each, in the room `lobby`; what they heard is forgotten. */
export function lobbyOf(
  ids: string[],
  options?: Omit<HubOptions, 'encode'>,
): { hub: Hub; members: TestMember[] } {
  const { hub } = new CountingHub(options);
  const members = ids.map((id) => connected(hub, id, 'lobby'));
  for (const member of members) member.heard();
  return { hub, members };
}

/** A new connection of a user, in these rooms. */
export function connected(hub: Hub, id: string, ...rooms: string[]): TestMember {
  const member = new TestMember(id);
  hub.connect(member);
  for (const room of rooms) hub.join(member, room);
  return member;
}

export const said = (content: string, room = 'lobby'): ServerMessage => ({
  type: 'chat',
  room,
  seq: 1,
  id: 'm1',
  from: { id: 'u1', name: 'u1' },
  content,
  at: 1_700_000_000_000,
});

/** Expects each of them to have heard exactly this, in short. */
export function expectHeard(members: TestMember[], expected: string[]): void {
  for (const member of members) {
    expect(member.heardInShort(), `what ${member.user.id} heard`).toEqual(expected);
  }
}
