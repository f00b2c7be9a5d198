import { readHead, type CsvHead, type ReadHead } from './csv-head.ts';

const FEATURES = [
  { name: 'mean radius', nullable: false },
  { name: 'texture', nullable: false },
  { name: 'colour', nullable: true },
];
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const headOf = (read: ReadHead): CsvHead => {
  if (read.kind !== 'head') throw new Error(`read as ${read.kind}`);
  return read.head;
};
const read = (text: string): CsvHead => headOf(readHead(bytes(text), true, FEATURES));

describe('readHead', () => {
  it('finds the delimiter by the features it makes of the header', () => {
    const head = read('mean radius;texture\n1,5;2\n');
    expect(head).toMatchObject({
      delimiter: ';',
      columns: ['mean radius', 'texture'],
      rows: [['1,5', '2']],
    });
  });

  it('names missing, unknown and repeated columns; a feature that may be missing is not missed', () => {
    expect(read('texture,y,texture,\n')).toMatchObject({
      missing: ['mean radius'],
      unknown: ['y', ''],
      duplicate: ['texture'],
    });
  });

  it('takes a first column without a name, and white space around names', () => {
    expect(read(',"mean radius ", texture\n0,1,2\n')).toMatchObject({
      missing: [],
      unknown: [],
      duplicate: [],
    });
  });

  it('takes a byte order mark for no part of the first name', () => {
    expect(read('\uFEFFmean radius,texture\n').missing).toEqual([]);
  });

  it('tells text that is not UTF-8, but for a character cut where the head ends', () => {
    const latin = Uint8Array.from([0x74, 0xe9, 0x0a]);
    expect(readHead(latin, true, FEATURES).kind).toBe('not-utf-8');
    const cut = bytes('mean radius,texture\né').slice(0, -1);
    expect(readHead(cut, false, FEATURES).kind).toBe('head');
    expect(readHead(cut, true, FEATURES).kind).toBe('not-utf-8');
  });

  it('tells an empty file', () => {
    expect(readHead(bytes('\n\n'), true, FEATURES).kind).toBe('empty');
  });
});
