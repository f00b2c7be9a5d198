import { templateCsv } from './template.ts';

describe('templateCsv', () => {
  it('has a column a feature, and a row of what is usual in training', () => {
    const features = [
      { name: 'mean radius', median: 13.37, mode: null },
      { name: 'colour, of the cell', median: null, mode: 'red' },
      { name: 'unknown', median: null, mode: null },
    ];
    expect(templateCsv(features)).toBe(
      'mean radius,"colour, of the cell",unknown\r\n13.37,red,\r\n',
    );
  });
});
