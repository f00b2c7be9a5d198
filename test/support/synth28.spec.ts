// The made-up set against the digests and first rows of the reference.
import { createHash } from 'node:crypto';
import { loadGolden } from './golden.ts';
import { SYNTH28_TEST, SYNTH28_TRAIN, synth28, synth28Double, type Synth28 } from './synth28.ts';

const golden = loadGolden().synth28;

/** Of the exact doubles, column after column, -1e9 for missing. */
function digestOfColumns({ x: { data, rows, columns } }: Synth28): string {
  const hash = createHash('sha256');
  const column = new Float64Array(rows);
  for (let k = 0; k < columns; k++) {
    for (let row = 0; row < rows; row++) {
      const cell = data[row * columns + k] as number;
      // Adding 0 turns -0 into 0; NaN is the one number that differs from itself.
      column[row] = cell === cell ? synth28Double(cell) + 0 : -1e9;
    }
    hash.update(new Uint8Array(column.buffer));
  }
  return hash.digest('hex');
}

describe('synth28', () => {
  it.each([
    ['training', SYNTH28_TRAIN, golden.synth28_train],
    ['test', SYNTH28_TEST, golden.synth28_test],
  ])('has the bits of the reference in the %s part', (_, part, expected) => {
    const made = synth28(part);
    expect(made.y.reduce((sum, label) => sum + label, 0)).toBe(expected.positives);
    expect(createHash('sha256').update(made.y).digest('hex')).toBe(expected.sha256_y);
    expect(digestOfColumns(made)).toBe(expected.sha256_x);
  });

  it('makes a row by its number alone', () => {
    const alone = synth28({ first: 2, rows: 1 });
    const cells = Array.from(alone.x.data, (cell) => (Number.isNaN(cell) ? null : cell));
    const expected = golden.first_rows[2]?.slice(0, -1) ?? [];
    expect(cells).toEqual(expected.map((cell) => (cell === null ? null : Math.fround(cell))));
  });
});
