import { type Packet, PacketError, readSegment, type Segment } from '#labs/09-wire';
import { Conversation, type WireEvent } from './conversation.ts';

/** As many connections are followed at a time. */
const maxConversations = 16 * 1024;

/**
 * Reads a capture: packets in, in the order of the file; handshakes, frames and messages of every WebSocket in
 * it out, in the order of the packets that completed them. A TCP connection that is no WebSocket is passed over.
 *
 * Who is the client, the SYN says, or the handshake, or the masks. A connection whose beginning is not in the
 * capture is taken for a WebSocket once a segment holds masked frames from its first byte to its last.
 */
export class WireReader {
  readonly #onEvent: (event: WireEvent) => void;
  /** Both directions of a connection lead to it: `10.0.0.1:49152 10.0.0.2:80`, and the other way round. */
  readonly #conversations = new Map<string, Conversation>();
  #streams = 0;
  readonly #unread = new Map<string, number>();

  constructor(onEvent: (event: WireEvent) => void) {
    this.#onEvent = onEvent;
  }

  /** How many packets could not be read, by the reason. Packets of other protocols than TCP do not count. */
  get unread(): ReadonlyMap<string, number> {
    return this.#unread;
  }

  /** Takes the next packet. Never throws for what is in it. */
  push(packet: Packet): void {
    const segment = this.#readSegment(packet);
    if (!segment) return;
    const key = `${segment.source} ${segment.destination}`;
    let conversation = this.#conversations.get(key);
    if (conversation?.isBegunAnewBy(segment)) {
      conversation.end();
      conversation = undefined;
    }
    if (!conversation) {
      conversation = new Conversation(this.#streams++, segment, this.#onEvent);
      this.#conversations.set(key, conversation);
      this.#conversations.set(`${segment.destination} ${segment.source}`, conversation);
      if (this.#conversations.size > 2 * maxConversations) this.#forgetHalf();
    }
    conversation.push(segment, packet.at);
  }

  /** The capture is over: hands out what waited for bytes that are not in it. */
  end(): void {
    for (const conversation of new Set(this.#conversations.values())) conversation.end();
    this.#conversations.clear();
  }
  #readSegment(packet: Packet): Segment | undefined {
    try {
      return readSegment(packet);
    } catch (error) {
      if (!(error instanceof PacketError)) throw error;
      this.#unread.set(error.message, 1 + (this.#unread.get(error.message) ?? 0));
      return undefined;
    }
  }

  /** Ends the half of the connections that have been silent the longest: a capture may hold any number. */
  #forgetHalf(): void {
    const bySilence = [...new Set(this.#conversations.values())].sort((a, b) => a.at - b.at);
    const forgotten = new Set(bySilence.slice(0, bySilence.length >> 1));
    for (const conversation of forgotten) conversation.end();
    for (const [key, conversation] of this.#conversations) {
      if (forgotten.has(conversation)) this.#conversations.delete(key);
    }
  }
}
