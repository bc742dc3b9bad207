// The rules of the game. Server and page run the same functions on the same numbers.

/** From one tick to the next, in milliseconds: 20 a second. */
export const tickMs = 50;

// #region world
/**
 * Lengths are whole numbers of 1/32 of a point of the drawing, speeds the same a tick. A snapshot carries them
 * as they are, so nothing is lost by rounding, and a prediction is either exact or wrong.
 */
export const unit = 32;
export const width = 800 * unit;
export const height = 450 * unit;
export const radius = 16 * unit;

/** The bits of `keys`: what a player holds down during one tick. */
export const Key = { Up: 1, Right: 2, Down: 4, Left: 8 } as const;

export interface Body {
  x: number;
  y: number;
  vx: number;
  vy: number;
}

/** One tick of one player: the keys push, friction slows, walls throw back at half the speed. */
export function step(body: Body, keys: number): Body {
  const right = axis(keys, Key.Right, Key.Left);
  const down = axis(keys, Key.Down, Key.Up);
  // 34 is 48 / √2: a diagonal is no faster.
  const push = right !== 0 && down !== 0 ? 34 : 48;
  const [x, vx] = move(body.x, whole((body.vx * 7) / 8) + right * push, width);
  const [y, vy] = move(body.y, whole((body.vy * 7) / 8) + down * push, height);
  return { x, y, vx, vy };
}

function axis(keys: number, plus: number, minus: number): number {
  return (keys & plus ? 1 : 0) - (keys & minus ? 1 : 0);
}

function move(position: number, speed: number, length: number): [position: number, speed: number] {
  const moved = position + speed;
  const inside = Math.min(Math.max(moved, radius), length - radius);
  return inside === moved ? [moved, speed] : [inside, whole(-speed / 2)];
}

/** Cuts off the fraction. Unlike `Math.trunc` it never gives −0, which the wire does not know. */
function whole(value: number): number {
  return value | 0;
}
// #endregion world

/**
 * Two players that touch and come closer exchange their speeds, as balls of one mass do head on. Only the server
 * calls this: a page does not know what the other player does now, so here its prediction must fail.
 */
export function bump(one: Body, other: Body): [Body, Body] {
  const [dx, dy] = [other.x - one.x, other.y - one.y];
  const touching = dx * dx + dy * dy < (2 * radius) ** 2;
  const approaching = (other.vx - one.vx) * dx + (other.vy - one.vy) * dy < 0;
  if (!touching || !approaching) return [one, other];
  return [
    { ...one, vx: other.vx, vy: other.vy },
    { ...other, vx: one.vx, vy: one.vy },
  ];
}
