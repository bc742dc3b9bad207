const svg = 'http://www.w3.org/2000/svg';

/** Units of the drawing, which the style sheet stretches over its tile. */
const [width, height] = [120, 32];

/** A curve of the last values: right is now, the bottom is 0. What it says stands beside it as text. */
export class Sparkline {
  readonly element = document.createElementNS(svg, 'svg');
  readonly #path = document.createElementNS(svg, 'path');
  readonly #length: number;

  /** `length`: how many values fill the width. */
  constructor(length: number) {
    this.#length = length;
    this.element.setAttribute('viewBox', `0 0 ${width} ${height}`);
    this.element.setAttribute('preserveAspectRatio', 'none');
    this.element.setAttribute('aria-hidden', 'true');
    this.element.append(this.#path);
  }

  /** The oldest value first; where one is undefined, the curve has a gap. */
  draw(values: readonly (number | undefined)[]): void {
    this.#path.setAttribute('d', curveOf(values, this.#length));
  }
}

/** The `d` of a path (SVG 2 §9.3). A value between two gaps is a dot. */
export function curveOf(values: readonly (number | undefined)[], length: number): string {
  const most = Math.max(...values.map((value = 0) => value), 0);
  const step = width / (length - 1);
  const first = length - values.length;
  let d = '';
  let isDrawing = false;
  for (const [index, value] of values.entries()) {
    if (value !== undefined) {
      const x = ((first + index) * step).toFixed(1);
      // Half a line's width off either edge, so that 0 and the most are seen whole.
      const y = (height - 1 - (most > 0 ? value / most : 0) * (height - 2)).toFixed(1);
      d += isDrawing ? `L${x} ${y}` : `M${x} ${y}h0`;
    }
    isDrawing = value !== undefined;
  }
  return d;
}
