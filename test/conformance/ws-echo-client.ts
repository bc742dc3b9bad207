// echo-client.ts on `ws`: the control.
import { WebSocket } from 'ws';
import { runSuite, wsSuiteOptions } from './echo.ts';

await runSuite(
  (url) =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(url, wsSuiteOptions);
      socket.on('error', reject).on('open', () => {
        // A message that came with the handshake would be gone before whoever awaits this listens for it.
        socket.pause();
        setImmediate(() => socket.resume());
        resolve(socket);
      });
    }),
);
