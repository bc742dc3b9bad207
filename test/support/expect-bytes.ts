import { AssertionError } from 'node:assert';
import type { Drawing } from '../../workbook/verdict.ts';
import { drawDifference } from './draw.ts';

/** A failed comparison of bytes: its drawing goes to the terminal and to the lab page. */
class BytesDiffer extends AssertionError {
  readonly drawing: Drawing;

  constructor(message: string, drawing: Drawing) {
    super({ message });
    this.drawing = drawing;
  }
}

/**
 * Expects frames on the wire to be exactly these bytes; a failure draws both, field by field.
 * `what` begins the message: "A text frame of 126 bytes".
 */
export function expectFrames(what: string, actual: Uint8Array, expected: Uint8Array): void {
  if (!(actual instanceof Uint8Array)) {
    throw new AssertionError({ message: `${what}: expected bytes (a Buffer), got ${typeof actual}` });
  }
  if (Buffer.compare(actual, expected) === 0) return;
  const drawing = drawDifference(expected, actual);
  const wrong = drawing.rows[1].fields.find((field) => field.wrong);
  const where = wrong
    ? `the ${wrong.name} field differs`
    : `${expected.length} bytes were expected, ${actual.length} came`;
  throw new BytesDiffer(`${what}: ${where}`, drawing);
}
