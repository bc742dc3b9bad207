// #region naive-server
import { WebSocketServer } from 'ws';

const server = new WebSocketServer({ port: Number(process.env.PORT) });
server.on('connection', (socket) => {
  socket.on('message', (data) => socket.send(data.toString()));
});
// #endregion naive-server
server.on('listening', () => console.log(JSON.stringify(server.address())));
