import { AssertionError } from 'node:assert';
import { expect } from 'vitest';
import { type Frame, ProtocolError } from '#labs/03-frames';
import { MessageAssembler, type MessageLimits } from '#labs/05-messages';

/** What the checks of messages share: frames made by hand, and what an assembler says to them. */

/** One call of the handler, in words. Bytes are shown in hex, text as text. */
export type Told =
  | { text: string }
  | { binary: string }
  | { ping: string }
  | { pong: string }
  | { close: number; reason: string };

const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** A frame as the parser hands it out; with `more` it is not the last of its message. */
export function frame(kind: keyof typeof opcodes, payload: string | Uint8Array = '', more?: 'more'): Frame {
  const flags = { rsv1: false, rsv2: false, rsv3: false, masked: true };
  return { ...flags, fin: more !== 'more', opcode: opcodes[kind], payload: Buffer.from(payload) };
}

/** One message as fragments, the first of which names its kind (RFC 6455 §5.4). */
export function fragments(kind: 'text' | 'binary', payloads: readonly (string | Uint8Array)[]): Frame[] {
  return payloads.map((payload, index) =>
    frame(index === 0 ? kind : 'continuation', payload, index < payloads.length - 1 ? 'more' : undefined),
  );
}

/** An assembler, and what it told its handler so far. */
export class Listening {
  readonly told: Told[] = [];
  readonly assembler: MessageAssembler;

  constructor(limits?: MessageLimits) {
    this.assembler = new MessageAssembler(
      {
        onMessage: (data, isBinary) =>
          this.told.push(isBinary ? { binary: data.toString('hex') } : { text: data.toString() }),
        onPing: (payload) => this.told.push({ ping: payload.toString() }),
        onPong: (payload) => this.told.push({ pong: payload.toString() }),
        onClose: (code, reason) => this.told.push({ close: code, reason }),
      },
      limits,
    );
  }

  push(frames: readonly Frame[]): void {
    for (const each of frames) this.assembler.push(each);
  }
}

/** Expects these frames to be taken, and the handler to be told this and nothing else. */
export function expectTold(frames: readonly Frame[], told: readonly Told[], limits?: MessageLimits): void {
  const listening = new Listening(limits);
  listening.push(frames);
  expect(listening.told, `What the handler was told after ${describe(frames)}`).toEqual(told);
}

/**
 * Expects the last of these frames, and none before it, to fail the connection with one of these codes.
 * `why` ends the message: "a reason is UTF-8".
 */
export function expectFailure(
  frames: readonly Frame[],
  codes: number | readonly number[],
  why: string,
  limits?: MessageLimits,
): void {
  const listening = new Listening(limits);
  const last = frames.length - 1;
  frames.forEach((each, index) => {
    const error = thrownBy(() => listening.assembler.push(each));
    if (error === undefined && index < last) return;
    const where = `${describe(frames.slice(0, index + 1))}`;
    if (error === undefined) fail(`${where} must fail with ${[codes].flat().join(' or ')}: ${why}`);
    if (!(error instanceof ProtocolError)) throw error;
    if (index < last) fail(`${where} failed with ${error.closeCode}, too early: ${why}`);
    expect([codes].flat(), `${where}: ${why}`).toContain(error.closeCode);
  });
}

/** Expects a ProtocolError with this close code. */
export function expectProtocolError(what: string, body: () => unknown, closeCode: number): void {
  const error = thrownBy(body);
  if (error === undefined) fail(`${what}: a ProtocolError with close code ${closeCode} was expected`);
  if (!(error instanceof ProtocolError)) throw error;
  expect(error.closeCode, what).toBe(closeCode);
}

/** Expects a RangeError: the caller's own mistake. */
export function expectRangeError(what: string, body: () => unknown): void {
  const error = thrownBy(body);
  if (error === undefined) fail(`${what}: a RangeError was expected`);
  if (!(error instanceof RangeError)) throw error;
}

function thrownBy(body: () => unknown): unknown {
  try {
    body();
    return undefined;
  } catch (error) {
    return error;
  }
}

function fail(message: string): never {
  throw new AssertionError({ message });
}

/** `text "Hel"… + continuation "lo"`, the last few frames only. */
function describe(frames: readonly Frame[]): string {
  const shown = frames.slice(-4).map(({ opcode, fin, payload }) => {
    const kind = Object.entries(opcodes).find(([, value]) => value === opcode)?.[0];
    const bytes = payload.length > 16 ? `${payload.length} bytes` : payload.toString('hex') || 'empty';
    return `${kind} (${bytes})${fin ? '' : '…'}`;
  });
  return `${frames.length > 4 ? `${frames.length - 4} frames + ` : ''}${shown.join(' + ')}`;
}
