/** Opening handshakes as they were read from real sockets. */

/** A request as a client sent it, and the accept key that belongs to its key (RFC 6455 §4.2.2). */
export interface RecordedRequest {
  from: string;
  /** The whole head, with its empty line. */
  head: string;
  accept: string;
}

/** All four ask for `/chat` and offer `chat.v1` and `chat.v2`. */
export const recordedRequests: readonly RecordedRequest[] = [
  {
    from: 'Chromium 156',
    head: lines(
      'GET /chat HTTP/1.1',
      'Host: 127.0.0.1:36521',
      'Connection: Upgrade',
      'Pragma: no-cache',
      'Cache-Control: no-cache',
      'User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/156.0.0.0 Safari/537.36',
      'Upgrade: websocket',
      'Origin: http://127.0.0.1:35127',
      'Sec-WebSocket-Version: 13',
      'Accept-Encoding: gzip, deflate, br, zstd',
      'Accept-Language: en-US,en;q=0.9',
      'Sec-WebSocket-Key: Bp+j6suLcT6g2VmQ2LyhmQ==',
      'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits',
      'Sec-WebSocket-Protocol: chat.v1, chat.v2',
    ),
    accept: 'RF3uAnGmzwdAtMhUO32p19Y5PFg=',
  },
  {
    from: 'WebSocket of Node 24',
    head: lines(
      'GET /chat HTTP/1.1',
      'host: 127.0.0.1:40051',
      'connection: upgrade',
      'upgrade: websocket',
      'sec-websocket-key: t98gatLC4A1H1d7mXh79Dg==',
      'sec-websocket-version: 13',
      'sec-websocket-protocol: chat.v1, chat.v2',
      'sec-websocket-extensions: permessage-deflate; client_max_window_bits',
      'accept: */*',
      'accept-language: *',
      'sec-fetch-mode: websocket',
      'user-agent: node',
      'pragma: no-cache',
      'cache-control: no-cache',
      'accept-encoding: gzip, deflate',
    ),
    accept: 'DcNSyNTvrWLRQ4jTQ7/27s9EDMk=',
  },
  {
    from: 'ws 8.23',
    head: lines(
      'GET /chat HTTP/1.1',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: 9lTjbraI8+OPEUvTR1VE+Q==',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits',
      'Sec-WebSocket-Protocol: chat.v1,chat.v2',
      'Host: 127.0.0.1:36521',
    ),
    accept: 'P4UmZQT5BLprwFWGrKIVJxziIOM=',
  },
  {
    from: 'websocket-driver 0.8',
    head: lines(
      'GET /chat HTTP/1.1',
      'Host: 127.0.0.1:36521',
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Key: d+lb4NaSK/I+/H2vPDK5ew==',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Protocol: chat.v1, chat.v2',
    ),
    accept: 'AKY6Q6ciqNqRwQri3JTDrHpHNe4=',
  },
];

/** What `ws` 8.23 and `websocket-driver` 0.8 both answer to the RFC's example key and `chat.v1, chat.v2`. */
export const recordedAnswer = lines(
  'HTTP/1.1 101 Switching Protocols',
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
  'Sec-WebSocket-Protocol: chat.v1',
);

function lines(...all: string[]): string {
  return `${all.join('\r\n')}\r\n\r\n`;
}
