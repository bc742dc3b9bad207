// Knocks at a WebSocket server by lab 02, and shows both heads and what your check makes of the answer.
//   npx tsx docs/labs/try/knock.ts ws://localhost:8080/chat chat.v1
import { connect as connectTcp } from 'node:net';
import { connect as connectTls } from 'node:tls';
import {
  checkResponse,
  createRequest,
  formatRequest,
  HandshakeError,
  parseUrl,
} from '#labs/02-client-handshake';
import { readResponseHead } from '../../../workbook/response-head.ts';

const [, , url = 'ws://localhost:8080/chat', ...protocols] = process.argv;
const target = parseUrl(url);
const request = createRequest(target, { protocols });

const { secure, hostname: host, port } = target;
const socket = secure ? connectTls({ host, port }) : connectTcp({ host, port });
socket.write(formatRequest(request));
console.log(formatRequest(request));

const { response } = await readResponseHead(socket);
socket.destroy();
console.log(`status ${response.status}`);
for (const [name, value] of response.headers) console.log(`${name}: ${value}`);

try {
  const { protocol } = checkResponse(request, response);
  console.log(`\nA WebSocket. Subprotocol: ${protocol || 'none'}`);
} catch (error) {
  if (!(error instanceof HandshakeError)) throw error;
  console.log(`\nNo WebSocket. ${error.code}: ${error.message}`);
}
