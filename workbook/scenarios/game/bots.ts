import { Key } from './world.ts';

const directions = [
  Key.Right,
  Key.Right | Key.Down,
  Key.Down,
  Key.Down | Key.Left,
  Key.Left,
  Key.Left | Key.Up,
  Key.Up,
  Key.Up | Key.Right,
];

/** The keys of a bot: it goes round, each one at another pace, odd ones the other way. */
export function steer(id: number, tick: number): number {
  const turn = Math.floor(tick / (5 + id)) % directions.length;
  return directions[id % 2 === 0 ? turn : directions.length - 1 - turn];
}
