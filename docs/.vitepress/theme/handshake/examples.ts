/** A request to begin with, and what to notice in its answer. */
export interface RequestExample {
  name: string;
  /** What differs from the first one, and the rule it meets. */
  note: string;
  request: string;
}

const good = `GET /chat HTTP/1.1
Host: server.example.com
Upgrade: websocket
Connection: keep-alive, Upgrade
Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
Sec-WebSocket-Version: 13
Sec-WebSocket-Protocol: chat.v2, chat.v1
Origin: https://app.example.com`;

function change(from: string | RegExp, to: string): string {
  return good.replace(from, to);
}

export const requestExamples: readonly RequestExample[] = [
  {
    name: 'all in order',
    note: 'Connection is a list: Upgrade may stand anywhere in it (RFC 9110 §7.6.1).',
    request: good,
  },
  {
    name: 'other case',
    note: 'Header names and the value websocket match in any case (RFC 6455 §4.2.1).',
    request: change('Upgrade: websocket', 'UPGRADE: WebSocket'),
  },
  {
    name: 'no Upgrade',
    note: 'What a browser sends when a person types the address (RFC 6455 §4.2.1 item 3).',
    request: change('Upgrade: websocket\n', ''),
  },
  {
    name: 'short key',
    note: 'The key decodes to 4 bytes; 16 are required (RFC 6455 §4.2.1 item 5).',
    request: change('dGhlIHNhbXBsZSBub25jZQ==', 'AQIDBA=='),
  },
  {
    name: 'version 8',
    note: 'A draft of 2011. The answer names the version spoken here (RFC 6455 §4.4).',
    request: change('Version: 13', 'Version: 8'),
  },
  {
    name: 'POST',
    note: 'Only GET opens a WebSocket over HTTP/1.1 (RFC 6455 §4.2.1 item 1).',
    request: change('GET', 'POST'),
  },
  {
    name: 'unknown protocols',
    note: 'None of the offered subprotocols is spoken here: the answer names none (RFC 6455 §4.2.2 item 4).',
    request: change('chat.v2, chat.v1', 'soap, wamp'),
  },
];
