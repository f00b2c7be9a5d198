import { fitsOneRequest, formatOfName } from './upload-format.ts';

describe('formatOfName', () => {
  it('goes by the ending, in any case', () => {
    expect(['a.csv', 'b.NDJSON', 'c.d.jsonl', 'e.json', 'f.parquet'].map(formatOfName)).toEqual([
      'csv',
      'ndjson',
      'ndjson',
      'json',
      'parquet',
    ]);
  });

  it('knows no other', () => {
    expect(['a.xlsx', 'csv.', 'rows.csv.gz'].map(formatOfName)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('fitsOneRequest', () => {
  it('makes a job of what a browser could not send while the server waits for its reader', () => {
    expect(fitsOneRequest('csv', 256 * 1024)).toBe(true);
    expect(fitsOneRequest('csv', 256 * 1024 + 1)).toBe(false);
    expect(fitsOneRequest('parquet', 256 * 1024 + 1)).toBe(true);
  });
});
