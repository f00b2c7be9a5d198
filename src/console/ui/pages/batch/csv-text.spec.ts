import { csvRecord, recordsIn } from './csv-text.ts';

const all = { most: 10, isWhole: true };

describe('recordsIn', () => {
  it('reads quoted fields with delimiters, quotes and line ends in them', () => {
    expect(recordsIn('a,"b ""c"", d"\r\n"1\n2",3\n', ',', all)).toEqual([
      ['a', 'b "c", d'],
      ['1\n2', '3'],
    ]);
  });

  it('passes over empty lines and takes a last record without its line end', () => {
    expect(recordsIn('a;b\n\n1;2\n\r\n3;', ';', all)).toEqual([
      ['a', 'b'],
      ['1', '2'],
      ['3', ''],
    ]);
  });

  it('leaves out a last record that may go on, and one whose quotes are not closed', () => {
    expect(recordsIn('a,b\n1,2', ',', { most: 10, isWhole: false })).toEqual([['a', 'b']]);
    expect(recordsIn('a,b\n"1,2\n', ',', all)).toEqual([['a', 'b']]);
  });

  it('stops at as many records as are asked for', () => {
    expect(recordsIn('a\n1\n2\n3\n', ',', { most: 2, isWhole: true })).toEqual([['a'], ['1']]);
  });
});

describe('csvRecord', () => {
  it('quotes what needs it and tells an empty text from a missing value', () => {
    expect(csvRecord(['a,b', 'say "no"', '', null, 'line\nend'])).toBe(
      '"a,b","say ""no""","",,"line\nend"\r\n',
    );
  });

  it('writes what recordsIn reads', () => {
    const fields = ['plain', 'a,"b"\r\nc', ' space '];
    expect(recordsIn(csvRecord(fields), ',', all)).toEqual([fields]);
  });
});
