import type { Drawing, DrawnField } from '../../../../workbook/verdict.ts';

/** A field as it should have been, above what it was; one of the two may be missing. */
export interface FieldPair {
  name: DrawnField['name'];
  expected?: DrawnField;
  actual?: DrawnField;
  wrong: boolean;
}

/**
 * Sets the fields of both rows side by side by name, so that a masking key too many or too few does not
 * move the payload away from its counterpart.
 */
export function pairFields({ rows }: Drawing): FieldPair[] {
  const rowOf = (label: 'expected' | 'actual') => rows.find((row) => row.label === label)?.fields ?? [];
  const expected = [...rowOf('expected')];
  const actual = [...rowOf('actual')];
  const pairs: FieldPair[] = [];
  while (expected.length > 0 || actual.length > 0) {
    const [wanted] = expected;
    const [got] = actual;
    if (wanted && got && wanted.name === got.name) {
      pairs.push({ name: wanted.name, expected: wanted, actual: got, wrong: wanted.wrong || got.wrong });
      expected.shift();
      actual.shift();
    } else if (wanted && (!got || endsFrame(got) || !(endsFrame(wanted) || sameFrameHas(actual, wanted)))) {
      pairs.push({ name: wanted.name, expected: wanted, wrong: true });
      expected.shift();
    } else {
      pairs.push({ name: got.name, actual: got, wrong: true });
      actual.shift();
    }
  }
  return pairs;
}

/** Whether this field begins the next frame, so that the one before it has no more. */
function endsFrame({ name }: DrawnField): boolean {
  return name === 'FIN';
}

/** Whether the rest of the frame that `fields` continue holds a field of that name. */
function sameFrameHas(fields: readonly DrawnField[], { name }: DrawnField): boolean {
  const nextFrame = fields.findIndex((field, index) => index > 0 && field.name === 'FIN');
  const rest = nextFrame === -1 ? fields : fields.slice(0, nextFrame);
  return rest.some((field) => field.name === name);
}
