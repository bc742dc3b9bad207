import { expect } from 'vitest';
import {
  type ClientMessage,
  type ErrorCode,
  parseClientMessage,
  parseServerMessage,
  Refusal,
  type ServerMessage,
} from '#labs/10-protocol';

/** What a client sent, as the server reads it. */
export function read(message: unknown): ClientMessage {
  return readText(JSON.stringify(message));
}

export function readText(text: string | Buffer): ClientMessage {
  return parseClientMessage(Buffer.from(text), false);
}

/** Expects a client's message to be read as `expected`, which is the message itself unless said otherwise. */
export function expectRead(message: unknown, expected = message): void {
  expect(read(message), `what became of ${JSON.stringify(message)}`).toEqual(expected);
}

/** Expects a refusal with this code; returns its reply. */
export function expectRefusal(
  what: string,
  code: ErrorCode,
  act: () => unknown,
): Extract<ServerMessage, { type: 'error' }> {
  let result: unknown;
  try {
    result = act();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    expect(error.reply.code, `${what}: the error's code`).toBe(code);
    expect(error.reply.type, `${what}: the reply is a message of the contract`).toBe('error');
    expect(error.reply.message, `${what}: the reply says why, for a person`).not.toBe('');
    return error.reply;
  }
  return expect.unreachable(`${what} must be refused with ${code}; it was read as ${JSON.stringify(result)}`);
}

/** Expects a message of the server to be read as it is. */
export function expectServerMessage(message: ServerMessage): void {
  expect(parseServerMessage(JSON.stringify(message)), `what became of the server's ${message.type}`).toEqual(
    message,
  );
}
