/**
 * One of the two programs of a scene, in a process of its own so that it can live in a network namespace:
 *
 *     node --import tsx test/captures/wire/actor.ts server echo
 *
 * A server says `listening` and runs until it is ended; a client plays its part and ends by itself.
 */
import { clients } from './clients.ts';
import { servers } from './servers.ts';

const [, , role, name] = process.argv;
// Without record.ts nobody would end it.
process.on('disconnect', () => process.exit());

if (role === 'server') {
  await servers[name]();
  process.send?.('listening');
} else {
  await clients[name]();
  process.exit();
}
