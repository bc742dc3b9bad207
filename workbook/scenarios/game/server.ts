import type { Connection } from '#labs/06-connection';
import { Heartbeat } from '#labs/12-heartbeat';
import { TokenBucket } from '#labs/16-limits';
import { type Clock, systemClock } from '../../clock.ts';
import type { Scenario } from '../scenario.ts';
import { Arena, type Seat } from './arena.ts';
import { decodeInput, encodeSnapshot, type InputMessage, MalformedMessage } from './codec.ts';
import { FixedStep } from './fixed-step.ts';
import { tickMs } from './world.ts';

/** Twice what a page sends; and after its line has been blocked, what it had to say for five seconds. */
const inputRate = { perSecond: 40, burst: 100 };
/** Snapshots that may be on their way to a page, 2 s of them: more is a queue, wherever it is. */
const maxUnseenTicks = 40;
/** A server that was stopped for longer goes on from where it was. */
const maxLateTicks = 20;
const heartbeatMs = 15_000;

interface Player {
  seat: Seat;
  bucket: TokenBucket;
  lastSeq: number;
  /** Ticks: of the newest snapshot sent, and of the newest that its page says it has. */
  sent: number;
  seen: number;
}

/** The server's side of the game. `bots`: how many of the players are its own. */
export function game(clock: Clock = systemClock, bots = 3): Scenario {
  const arena = new Arena(bots);
  const players = new Map<Connection, Player>();
  const heartbeat = new Heartbeat<Connection>(heartbeatMs, clock);
  let pace: FixedStep;
  let timer: unknown;

  // #region loop
  function begin(): void {
    pace = new FixedStep(tickMs, maxLateTicks, clock.now());
    timer = clock.setTimeout(wake, tickMs);
  }

  /** Timers are late. The ticks that are due are done one after the other, and only the last is sent. */
  function wake(): void {
    const ticks = pace.due(clock.now());
    for (let tick = 0; tick < ticks; tick++) arena.step();
    if (ticks > 0) for (const [connection, player] of players) sendSnapshot(connection, player);
    timer = clock.setTimeout(wake, pace.remaining(clock.now()));
  }
  // #endregion loop

  // #region send
  /** Only the newest is of use: whoever is behind misses ticks, and nothing waits for anybody. */
  function sendSnapshot(connection: Connection, player: Player): void {
    const isBehind = connection.bufferedAmount > 0 || player.sent - player.seen > maxUnseenTicks;
    if (isBehind) return;
    player.sent = arena.tick;
    connection.send(encodeSnapshot(arena.snapshotFor(player.seat)));
  }
  // #endregion send

  /** Takes an input, or says why not. */
  function receive(player: Player, { seq, keys, seen }: InputMessage): string | undefined {
    if (player.bucket.take() > 0) return 'Too many inputs.';
    if (seq <= player.lastSeq) return 'The numbers of inputs rise.';
    if (seen > player.sent) return 'That tick was not sent.';
    player.lastSeq = seq;
    player.seen = Math.max(player.seen, seen);
    player.seat.inputs.push({ seq, keys });
    return undefined;
  }

  function leave(connection: Connection): void {
    const player = players.get(connection);
    if (!player) return;
    players.delete(connection);
    arena.leave(player.seat);
    if (players.size === 0) clock.clearTimeout(timer);
  }

  function dismiss(connection: Connection, code: number, reason: string): void {
    leave(connection);
    connection.close(code, reason);
  }

  return {
    subprotocol: 'game.v1',
    accept(connection) {
      const seat = arena.enter();
      if (!seat) return connection.close(1013, 'The arena is full.');
      const { tick } = arena;
      const bucket = new TokenBucket(inputRate, clock);
      const player: Player = { seat, bucket, lastSeq: 0, sent: tick, seen: tick };
      if (players.size === 0) begin();
      players.set(connection, player);
      heartbeat.add(connection);

      connection.on('message', (data, isBinary) => {
        heartbeat.heard(connection);
        // It is being closed already.
        if (!players.has(connection)) return;
        if (!isBinary) return dismiss(connection, 1003, 'The game takes binary messages only.');
        const refused = refusalOf(() => receive(player, decodeInput(data)));
        if (refused) dismiss(connection, 1008, refused);
      });
      connection.on('pong', () => heartbeat.heard(connection));
      connection.on('close', () => {
        leave(connection);
        heartbeat.remove(connection);
      });
    },
    stop() {
      heartbeat.stop();
      clock.clearTimeout(timer);
    },
  };
}

/** What `take` returns, or says by throwing that a message is malformed. */
function refusalOf(take: () => string | undefined): string | undefined {
  try {
    return take();
  } catch (error) {
    if (error instanceof MalformedMessage) return error.message;
    throw error;
  }
}
