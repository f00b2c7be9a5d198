// Numbers with more digits than a float64 holds: the cell and the side of a limit are those of JSON.parse, wherever the digits cut off matter.
import { NumberReader } from '../features/read-number.ts';
import { Random } from '../statistics/random.ts';

const reader = new NumberReader();

function read(text: string, min: number, max: number): number[] {
  const end = reader.read(Buffer.from(`${text},`), 0, { min, max });
  expect(end).toBe(text.length);
  const { value } = reader;
  return [Math.fround(value), Number(value < min), Number(value > max)];
}

function expected(text: string, min: number, max: number): number[] {
  const value = JSON.parse(text) as number;
  return [Math.fround(value), Number(value < min), Number(value > max)];
}

it('tells numbers beside the middle of two float32s apart as JSON.parse does', () => {
  const random = Random.of(3);
  for (let i = 0; i < 5000; i += 1) {
    const cell = Math.fround((random.nextInt(2 ** 20) + 1) / 2 ** random.nextInt(12));
    const middle = cell * (1 + 2 ** -24);
    const tail = ['', '0000000001', '9999999999', '5'][i % 4] ?? '';
    const text = `${i % 2 === 0 ? '' : '-'}${middle.toFixed(18)}${tail}`;
    expect([text, ...read(text, -1e9, 1e9)]).toEqual([text, ...expected(text, -1e9, 1e9)]);
  }
});

it.each([
  '0.30000000000000004',
  '0.29999999999999999',
  '0.3000000000000000000001',
  '-0.0000000000000000',
  '12345678901234567890',
  '99999999999999999.5',
  '1.00000000000000000000000000000000000000000000001',
])('keeps %s on its side of the limits', (text) => {
  for (const limit of [0.3, 0.30000000000000004, 0, 1, 12345678901234567000, 1e17])
    expect(read(text, limit, limit)).toEqual(expected(text, limit, limit));
});
