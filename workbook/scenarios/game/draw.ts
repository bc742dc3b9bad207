import type { Scene } from './client.ts';
import { height, radius, unit, width } from './world.ts';

/** Pixels of the canvas a unit of the world. */
const scale = 2 / unit;

/** Draws the arena, in the colours of the page as they are now: light or dark. */
export function draw(context: CanvasRenderingContext2D, { you, places, confirmed }: Scene): void {
  const style = getComputedStyle(context.canvas);
  const colour = (name: string) => style.getPropertyValue(name);
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  context.lineWidth = 2 * unit;
  context.font = `600 ${13 * unit}px system-ui, sans-serif`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  for (const [id, { x, y }] of places) {
    context.fillStyle = colour(id === you ? '--accent' : '--muted');
    circle(context, x, y, radius);
    context.fill();
    context.fillStyle = colour(id === you ? '--on-accent' : '--panel');
    context.fillText(id === you ? 'you' : String(id), x, y);
  }
  if (!confirmed) return;
  context.strokeStyle = colour('--warn');
  circle(context, confirmed.x, confirmed.y, radius + 3 * unit);
  context.stroke();
}

function circle(context: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
}
