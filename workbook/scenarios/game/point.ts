export interface Point {
  x: number;
  y: number;
}

/** The point at this fraction of the way. */
export function between(from: Point, to: Point, fraction: number): Point {
  return { x: from.x + (to.x - from.x) * fraction, y: from.y + (to.y - from.y) * fraction };
}
