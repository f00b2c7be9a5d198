import { LineSplitter, linesOf } from './line-splitter.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (piece: Uint8Array): string => new TextDecoder().decode(piece);

describe('LineSplitter', () => {
  it('hands on whole lines wherever the pieces are cut, within a character too', () => {
    const whole = bytes('{"a":"é€"}\n{"b":1}\n\n{"c":2}\n');
    for (let size = 1; size <= whole.length; size += 1) {
      const splitter = new LineSplitter();
      let handed = '';
      for (let start = 0; start < whole.length; start += size) {
        const lines = text(splitter.push(whole.slice(start, start + size)));
        expect(lines === '' || lines.endsWith('\n')).toBe(true);
        handed += lines;
      }
      expect(handed).toBe(text(whole));
      expect(splitter.rest).toHaveLength(0);
    }
  });

  it('keeps a line without its end', () => {
    const splitter = new LineSplitter();
    expect(text(splitter.push(bytes('one\ntw')))).toBe('one\n');
    expect(text(splitter.rest)).toBe('tw');
  });
});

describe('linesOf', () => {
  it('says where each line ends, in bytes', () => {
    expect([...linesOf(bytes('é\nb'))]).toEqual([
      { text: 'é', end: 3 },
      { text: 'b', end: 4 },
    ]);
  });
});
