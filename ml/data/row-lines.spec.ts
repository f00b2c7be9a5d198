// Lines of rows, also where rows do not follow each other line by line.
import { RowLines } from './row-lines.ts';

it('gives back the line of every row', () => {
  const lines = new RowLines();
  const told = [2, 3, 4, 7, 8, 12, 13, 14, 15, 20];
  told.forEach((line, row) => {
    lines.add(row, line);
  });
  expect(told.map((_, row) => lines.lineOf(row))).toEqual(told);
});
