import { type Body, Key } from './world.ts';

// #region layout
/**
 * The two messages, each one binary message of WebSocket. Numbers of
 * more than one byte are big-endian, as `DataView` writes them.
 *
 *     input, 10 bytes, from a page
 *      0     1     2           6           10
 *     +-----+-----+-----------+-----------+
 *     |  1  |keys | seq   u32 | seen  u32 |
 *     +-----+-----+-----------+-----------+
 *
 *     snapshot, 11 + 9 × count bytes, from the server
 *      0     1     2     3           7                  11
 *     +-----+-----+-----+-----------+------------------+
 *     |  2  | you |count| tick  u32 | acknowledged u32 |
 *     +-----+-----+-----+-----------+------------------+
 *     and for each player
 *      0     1         3         5         7         9
 *     +-----+---------+---------+---------+---------+
 *     | id  | x   u16 | y   u16 | vx  i16 | vy  i16 |
 *     +-----+---------+---------+---------+---------+
 */
const inputType = 1;
const snapshotType = 2;
const inputLength = 10;
const headLength = 11;
const playerLength = 9;
// #endregion layout

/** What a player does during one tick. */
export interface Input {
  /** Rises with each input of a page, from 1. 32 bits last for six years at 20 a second. */
  seq: number;
  /** Bits of `Key`. */
  keys: number;
}

export interface InputMessage extends Input {
  /** The tick of the newest snapshot that has come: so the server knows what is still on its way. */
  seen: number;
}

/** `id`: 1 to 255. */
export interface Player extends Body {
  id: number;
}

/** The whole state after one tick: nothing in it refers to an earlier one, so any may be left out. */
export interface Snapshot {
  /** The id of whom it is sent to. */
  you: number;
  tick: number;
  /** The `seq` of the last input of yours that is in it, 0 for none. */
  acknowledged: number;
  players: Player[];
}

/** Bytes that are no message of this protocol. The message says why, in less than a Close frame holds. */
export class MalformedMessage extends Error {}

// #region input
/** Numbers must fit their fields: `DataView` would cut off the rest. */
export function encodeInput({ seq, keys, seen }: InputMessage): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(inputLength);
  const view = viewOf(bytes);
  view.setUint8(0, inputType);
  view.setUint8(1, keys);
  view.setUint32(2, seq);
  view.setUint32(6, seen);
  return bytes;
}

/** @throws MalformedMessage unless it is an input, whole and with nothing behind it. */
export function decodeInput(bytes: Uint8Array): InputMessage {
  if (bytes.length !== inputLength) throw new MalformedMessage(`An input has ${inputLength} bytes.`);
  const view = viewOf(bytes);
  if (view.getUint8(0) !== inputType) throw new MalformedMessage(`An input begins with ${inputType}.`);
  const keys = view.getUint8(1);
  if (keys > allKeys) throw new MalformedMessage('There are four keys.');
  return { keys, seq: view.getUint32(2), seen: view.getUint32(6) };
}
// #endregion input

// #region snapshot
/** Numbers must fit their fields: `DataView` would cut off the rest. */
export function encodeSnapshot({ you, tick, acknowledged, players }: Snapshot): Uint8Array {
  const bytes = new Uint8Array(headLength + playerLength * players.length);
  const view = viewOf(bytes);
  view.setUint8(0, snapshotType);
  view.setUint8(1, you);
  view.setUint8(2, players.length);
  view.setUint32(3, tick);
  view.setUint32(7, acknowledged);
  for (const [index, { id, x, y, vx, vy }] of players.entries()) {
    const at = headLength + playerLength * index;
    view.setUint8(at, id);
    view.setUint16(at + 1, x);
    view.setUint16(at + 3, y);
    view.setInt16(at + 5, vx);
    view.setInt16(at + 7, vy);
  }
  return bytes;
}

/** @throws MalformedMessage unless it is a snapshot, whole and with nothing behind it. */
export function decodeSnapshot(bytes: Uint8Array): Snapshot {
  // The head first: the length that is right stands in it.
  if (bytes.length < headLength) throw new MalformedMessage(`A snapshot has at least ${headLength} bytes.`);
  const view = viewOf(bytes);
  if (view.getUint8(0) !== snapshotType)
    throw new MalformedMessage(`A snapshot begins with ${snapshotType}.`);
  const length = headLength + playerLength * view.getUint8(2);
  if (bytes.length !== length) throw new MalformedMessage(`A snapshot of so many has ${length} bytes.`);
  const players: Player[] = [];
  for (let at = headLength; at < length; at += playerLength) {
    players.push({
      id: view.getUint8(at),
      x: view.getUint16(at + 1),
      y: view.getUint16(at + 3),
      vx: view.getInt16(at + 5),
      vy: view.getInt16(at + 7),
    });
  }
  return { you: view.getUint8(1), tick: view.getUint32(3), acknowledged: view.getUint32(7), players };
}
// #endregion snapshot

const allKeys = Key.Up | Key.Right | Key.Down | Key.Left;

/** Node's Buffers share their memory: a view must begin where the bytes do. */
function viewOf({ buffer, byteOffset, length }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, length);
}
