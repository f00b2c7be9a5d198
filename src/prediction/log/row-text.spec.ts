// That rows are written down as they always were: digests of stored rows are of these texts.
import { logRow } from '../../../test/contract/prediction-writer.contract.ts';
import { Random } from '../../statistics/random.ts';
import { digestOfCells } from './block-of-rows.ts';
import { sha256 } from './log-chain.ts';
import { flatten, LOG_COLUMNS, type Cell } from './row-columns.ts';
import { RowTexts } from './row-text.ts';

/** One cell after another, each anew. */
const plainText = (cells: readonly Cell[]): string =>
  cells
    .map((cell) => {
      if (cell === null) return '-,';
      return typeof cell === 'number' ? `${cell},` : `${cell.length}:${cell},`;
    })
    .join('');

const NUMBERS = [0, -0, 1, -1, 0.1, 1 / 3, 1e21, 123456789012345680000, 1e-6, 1e-7, 5e-324].concat([
  Number.MAX_VALUE,
  Number.MAX_SAFE_INTEGER,
  1_764_000_000_123,
  NaN,
  Infinity,
  -Infinity,
]);
const STRINGS = ['', 'a', '1', 'a,1:b', 'null', '漢', '\u{1F600}', '\ud800', 'r\u00e9d'];
const CELLS: readonly Cell[] = [null, ...NUMBERS, ...STRINGS];

describe('RowTexts', () => {
  it('writes each cell as it would be written alone, whatever stood there in the row before', () => {
    const texts = new RowTexts();
    for (const before of CELLS)
      for (const cell of CELLS) {
        const cells = [before, 'beside', cell, 'beside'];
        expect(texts.of(cells, 0, 2)).toBe(plainText(cells.slice(0, 2)));
        expect(texts.of(cells, 2, 2)).toBe(plainText(cells.slice(2)));
      }
  });

  it('writes random doubles without a digit more or less', () => {
    const random = Random.of(7);
    const doubles = Array.from(
      { length: 2000 },
      () => random.next() * 10 ** (random.next() * 40 - 20),
    );
    expect(new RowTexts().of(doubles, 0, doubles.length)).toBe(plainText(doubles));
  });

  it('has the digests that the first logs were chained with', () => {
    const id = '019aaf1c-5c00-7000-8000-000000000001';
    const rows = [
      logRow({ id }),
      logRow({ id, key: 'caller 7', explanation: '{"contributions":{"age":-0.25}}' }),
      logRow({ id }),
    ];
    const cells = flatten(rows);
    const digests = rows.map((_, i) => digestOfCells(cells, i * LOG_COLUMNS.length).digest);
    expect(digests).toEqual([
      'vOzg3Y+EE39G43Dw+8dkbHVBHRdr92pf+0wMvqaM+m4=',
      'JiSXt86PPyg9Xj/CxKadgT2Zu7AzMvFSamEUyw1YK/g=',
      'vOzg3Y+EE39G43Dw+8dkbHVBHRdr92pf+0wMvqaM+m4=',
    ]);
    expect(digests[0]).toBe(sha256(plainText(flatten([logRow({ id })]))));
  });
});
