// echo-client.ts on `ws`: the control.
import { WebSocket } from 'ws';
import { runSuite, wsSuiteLimits } from './echo.ts';

await runSuite(
  (url) =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(url, { ...wsSuiteLimits, perMessageDeflate: true });
      socket.on('error', reject).on('open', () => resolve(socket));
    }),
);
