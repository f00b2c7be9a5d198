import { BatchResults, ROW_FILTERS } from './batch-results.ts';
import { isRefused, type BatchRow } from './batch-row.ts';

const ERRORS = [{ field: 'mean radius', code: 'range', expected: 'a number, "0" to 50' }];

/** Every third row positive, every seventh refused. */
const rowOf = (index: number): BatchRow =>
  index % 7 === 0
    ? { index, line: index + 2, errors: ERRORS }
    : {
        index,
        id: `id-${index}`,
        label: index % 3 === 0 ? 'malignant' : 'benign',
        probability: index % 3 === 0 ? 0.9731000065803528 : 0.04,
      };

const linesOf = (rows: readonly BatchRow[]): string =>
  rows.map((row) => `${JSON.stringify(row)}\n`).join('');

/** In pieces that end anywhere. */
function resultsOf(text: string, size = 1000): BatchResults {
  const results = new BatchResults('malignant');
  const bytes = new TextEncoder().encode(text);
  for (let start = 0; start < bytes.length; start += size)
    results.push(bytes.slice(start, start + size));
  return results;
}

const ROWS = Array.from({ length: 3000 }, (_, index) => rowOf(index));
const TEXT = linesOf(ROWS);

describe('BatchResults', () => {
  it('counts rows, positive answers, refusals and probabilities', () => {
    const { rows, positive, refused, histogram } = resultsOf(TEXT).counts();
    const answered = ROWS.filter((row) => !isRefused(row));
    expect([rows, refused]).toEqual([3000, 3000 - answered.length]);
    expect(positive).toBe(ROWS.filter((row) => 'label' in row && row.label === 'malignant').length);
    expect(histogram[19]).toBe(positive);
    expect(histogram[0]).toBe(answered.length - positive);
  });

  it('shows any page of what a filter leaves, in the order of the upload', async () => {
    const results = resultsOf(TEXT);
    const kept = {
      all: ROWS,
      positive: ROWS.filter((row) => 'label' in row && row.label === 'malignant'),
      refused: ROWS.filter(isRefused),
    };
    for (const filter of ROW_FILTERS) {
      expect(results.matching(filter)).toBe(kept[filter].length);
      expect(await results.page(filter, 0, 50)).toEqual(kept[filter].slice(0, 50));
      expect(await results.page(filter, 150, 50)).toEqual(kept[filter].slice(150, 200));
      const last = kept[filter].length - 3;
      expect(await results.page(filter, last, 50)).toEqual(kept[filter].slice(last));
    }
  });

  it('keeps the bytes that came', async () => {
    expect(await resultsOf(TEXT, 777).ndjson().text()).toBe(TEXT);
  });

  it('writes CSV as the API does', async () => {
    const csv = await resultsOf(linesOf(ROWS.slice(0, 3))).csv();
    expect(await csv.text()).toBe(
      'index,id,label,probability,warnings,explanation,line,errors\r\n' +
        '0,,,,,,2,"[{""field"":""mean radius"",""code"":""range"",""expected"":""a number, \\""0\\"" to 50""}]"\r\n' +
        '1,id-1,benign,0.04,,,,\r\n' +
        '2,id-2,benign,0.04,,,,\r\n',
    );
  });

  it('keeps the rows before a fault, and says what it was', async () => {
    const problem = { title: 'T', status: 422, code: 'INVALID_INPUT', detail: 'Line 9.' };
    const before = linesOf(ROWS.slice(0, 4));
    const results = resultsOf(`${before}${JSON.stringify({ error: problem })}\n`);
    expect(results.fault).toEqual(problem);
    expect(results.counts().rows).toBe(4);
    expect(await results.ndjson().text()).toBe(before);
  });

  it('tells an answer that was cut off', () => {
    expect(resultsOf(TEXT).isWhole).toBe(true);
    expect(resultsOf(TEXT.slice(0, -5)).isWhole).toBe(false);
  });
});
