import { AssertionError } from 'node:assert';
import fc from 'fast-check';
import type { HandshakeAnswer, HeaderList, UpgradeRequest } from '#labs/01-handshake';
import { Unfinished } from '../../workbook/unfinished.ts';

/** What the checks of the handshake share. Reading here never uses a lab's code: a lab is judged by it. */

/** The key of the example in RFC 6455 §1.3, and the accept key that belongs to it. */
export const exampleKey = 'dGhlIHNhbXBsZSBub25jZQ==';
export const exampleAccept = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';

/** The least that opens a WebSocket (RFC 6455 §4.2.1). */
export const plainRequest: UpgradeRequest = {
  method: 'GET',
  httpVersion: '1.1',
  headers: [
    ['Host', 'chat.example'],
    ['Upgrade', 'websocket'],
    ['Connection', 'Upgrade'],
    ['Sec-WebSocket-Key', exampleKey],
    ['Sec-WebSocket-Version', '13'],
  ],
};

/** The least that accepts it (RFC 6455 §4.2.2). */
export const plainAnswerHeaders: HeaderList = [
  ['Upgrade', 'websocket'],
  ['Connection', 'Upgrade'],
  ['Sec-WebSocket-Accept', exampleAccept],
];

/** The headers with the lines of that name replaced by these values: none removes them, two make two lines. */
export function replaceHeader(headers: HeaderList, name: string, ...values: string[]): HeaderList {
  const others = headers.filter(([given]) => given.toLowerCase() !== name.toLowerCase());
  return [...others, ...values.map((value) => [name, value] as const)];
}

/** The plain request with one header replaced. */
export function requestWith(name: string, ...values: string[]): UpgradeRequest {
  return { ...plainRequest, headers: replaceHeader(plainRequest.headers, name, ...values) };
}

/** The values of a header's lines, by name in any case, without the spaces around them. */
export function valuesOf(headers: HeaderList, name: string): string[] {
  return headers
    .filter(([given]) => given.toLowerCase() === name.toLowerCase())
    .map(([, value]) => value.trim());
}

/** The elements of a header that is a list, in lower case. */
export function lowerCaseElements(headers: HeaderList, name: string): string[] {
  const elements = valuesOf(headers, name).flatMap((value) => value.split(','));
  return elements.map((element) => element.trim().toLowerCase()).filter((element) => element !== '');
}

/** An HTTP message taken apart. */
export interface ParsedMessage {
  startLine: string;
  headers: HeaderList;
  body: string;
}

/**
 * Takes an HTTP message apart (RFC 9112 §2.1), as strictly as the grammar is.
 *
 * @throws AssertionError that names the line which is wrong.
 */
export function parseMessage(message: string): ParsedMessage {
  const end = message.indexOf('\r\n\r\n');
  if (end === -1) {
    throw new AssertionError({
      message: `The head must end with an empty line, \\r\\n\\r\\n; it is ${JSON.stringify(message)}`,
    });
  }
  const [startLine, ...headerLines] = message.slice(0, end).split('\r\n');
  const headers = headerLines.map((line): [string, string] => {
    const parts = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*(.*?)[ \t]*$/.exec(line);
    if (!parts || /[\r\n\0]/.test(line)) {
      throw new AssertionError({ message: `Not a header line, "Name: value": ${JSON.stringify(line)}` });
    }
    return [parts[1], parts[2]];
  });
  return { startLine, headers, body: message.slice(end + 4) };
}

/** The request of a recorded head. */
export function parseRequest(head: string): UpgradeRequest {
  const { startLine, headers } = parseMessage(head);
  const [method, , version] = startLine.split(' ');
  return { method, httpVersion: version.replace('HTTP/', ''), headers };
}

/** Expects the answer to accept: status 101, and the three headers, each once (RFC 6455 §4.2.2). */
export function expectAccepted(request: UpgradeRequest, answer: HandshakeAnswer, accept: string): void {
  const expected = { Upgrade: 'websocket', Connection: 'Upgrade', 'Sec-WebSocket-Accept': accept };
  if (answer.status !== 101) {
    throw wrongAnswer(
      request,
      `this is a valid handshake; expected 101, got ${answer.status} (${answer.reason})`,
    );
  }
  for (const [name, value] of Object.entries(expected)) {
    const got = valuesOf(answer.headers, name);
    const same =
      name === 'Sec-WebSocket-Accept' ? got[0] === value : got[0]?.toLowerCase() === value.toLowerCase();
    if (got.length !== 1 || !same) {
      throw wrongAnswer(request, `the 101 needs one header "${name}: ${value}", got ${JSON.stringify(got)}`);
    }
  }
}

/** Expects a refusal: any error status, and nothing by which a client could take it for a WebSocket. */
export function expectRefused(request: UpgradeRequest, answer: HandshakeAnswer, why: string): void {
  if (!(answer.status >= 400 && answer.status <= 599)) {
    throw wrongAnswer(request, `${why}; expected a status from 400 to 599, got ${answer.status}`);
  }
  if (valuesOf(answer.headers, 'Sec-WebSocket-Accept').length > 0) {
    throw wrongAnswer(request, `${why}; a refusal has no Sec-WebSocket-Accept`);
  }
}

function wrongAnswer({ method, httpVersion, headers }: UpgradeRequest, message: string): AssertionError {
  const lines = headers.map(([name, value]) => `  ${name}: ${shown(value)}`);
  return new AssertionError({
    message: [`${message}, for`, `  ${method} HTTP/${httpVersion}`, ...lines].join('\n'),
  });
}

/** A value for a person to read: no control characters, and not thousands of spaces. */
function shown(value: string): string {
  const escaped = JSON.stringify(value).slice(1, -1);
  return escaped.length > 100 ? `${escaped.slice(0, 100)}…` : escaped;
}

/**
 * Expects that dangerous input is either refused by an exception or made harmless: what `write` returns is
 * one well-formed head without the header `Injected`.
 */
export function expectNoInjection(what: string, write: () => string): void {
  let message: string;
  try {
    message = write();
  } catch (error) {
    if (error instanceof Unfinished || error instanceof ReferenceError) throw error;
    return;
  }
  const { startLine, headers, body } = parseMessage(message);
  const smuggled = valuesOf(headers, 'Injected').length > 0 || body !== '' || /[\r\n\0]/.test(startLine);
  if (smuggled) {
    throw new AssertionError({ message: `${what} wrote a line of its own: ${JSON.stringify(message)}` });
  }
}

/** Runs a property on many inputs. The smallest that breaks it speaks for itself: its own error is thrown. */
export function expectAlways<Inputs>(property: fc.IProperty<Inputs>): void {
  fc.assert(property, {
    reporter({ failed, errorInstance }) {
      if (failed) throw errorInstance;
    },
  });
}
