// A node of its own process, for a test that kills it: `node backplane-redis-node.ts URL LEASE_MS ROOM USER`.
import { RedisBackplane } from '#labs/17-backplane';

const [url, leaseMs, room, user] = process.argv.slice(2);
const backplane = new RedisBackplane({ url, leaseMs: Number(leaseMs) });
const ignore = () => {};
await backplane.start({
  message: ignore,
  presence: ignore,
  reset: ignore,
  direct: ignore,
  revoked: ignore,
  health: ignore,
});
await backplane.enter(room, JSON.parse(user));
await backplane.arrive(JSON.parse(user));
process.send?.('entered');
