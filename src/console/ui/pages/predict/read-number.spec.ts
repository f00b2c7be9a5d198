// Numbers as people type them, in English and in French.
import { decimalSignOf, readNumber, writeNumber } from './read-number.ts';

const valueOf = (typed: string, decimal: string): number | string => {
  const read = readNumber(typed, decimal);
  return read.kind === 'number' ? read.value : read.kind;
};

describe('readNumber', () => {
  it.each([
    ['13.4', 13.4],
    [' 13.4 ', 13.4],
    ['13,4', 13.4],
    ['-0.5', -0.5],
    ['\u22120,5', -0.5],
    ['+7', 7],
    ['.5', 0.5],
    ['5.', 5],
    ['1e-3', 0.001],
    ['1,5E3', 1500],
    ['1 234', 1234],
    ['1\u202f234\u00a0567,25', 1234567.25],
    ['0,123', 0.123],
  ])('reads %j alike in both languages', (typed, value) => {
    expect(valueOf(typed, '.')).toBe(value);
    expect(valueOf(typed, ',')).toBe(value);
  });

  it('asks what a comma before three digits means where commas stand between thousands', () => {
    expect(valueOf('1,234', '.')).toBe('ambiguous');
    expect(valueOf('1,234,567', '.')).toBe('ambiguous');
    expect(valueOf('1,234', ',')).toBe(1.234);
  });

  it.each([
    '',
    'abc',
    '1.2.3',
    '1,2,3',
    '1.234,5',
    '1,234.5',
    '12 34',
    '1 2345',
    '0x10',
    'Infinity',
    'NaN',
    '1e',
    '--1',
    '1 000 0',
  ])('finds no number in %j', (typed) => {
    expect(valueOf(typed, '.')).toBe('not_a_number');
    expect(valueOf(typed, ',')).toBe('not_a_number');
  });

  it('reads back what it wrote, to the last digit', () => {
    for (const value of [0.1, -13.370000839233398, 1e21, 5e-324, 1234567.5, 0.001]) {
      for (const decimal of ['.', ','])
        expect(valueOf(writeNumber(value, decimal), decimal)).toBe(value);
    }
  });

  it('knows the decimal sign of a language', () => {
    expect(['en', 'en-GB', 'fr', 'fr-FR', 'fr-CH'].map(decimalSignOf)).toEqual([
      '.',
      '.',
      ',',
      ',',
      ',',
    ]);
  });
});
