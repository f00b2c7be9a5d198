import { encoded, numberTexts, TextBytes } from './text-bytes.ts';

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

it('writes parts one after another, of any length and in any script', () => {
  const out = new TextBytes();
  const long = '漢字"é😀'.repeat(20_000);
  out.add(encoded('{"label":"ä'));
  out.ascii('0.125');
  out.text(long);
  out.whole(42);
  expect(textOf(out.take())).toBe(`{"label":"ä0.125${long}42`);
});

it('gives each part once, and leaves what it gave as it was', () => {
  const out = new TextBytes();
  const parts = Array.from({ length: 300 }, (_, i) => `${i}:`.padEnd(997, 'x'));
  const taken = parts.map((part) => {
    out.ascii(part);
    return out.take();
  });
  expect(taken.map(textOf)).toEqual(parts);
  expect(out.take()).toHaveLength(0);
});

it.each([0, 7, 10, 99, 100, 123_456_789, 2 ** 31, 10_000_000_000, Number.MAX_SAFE_INTEGER])(
  'writes the digits of %d',
  (number) => {
    const out = new TextBytes();
    out.whole(number);
    expect(textOf(out.take())).toBe(String(number));
  },
);

it('writes fractions as JSON does, each for itself', () => {
  const numbers = Float32Array.of(0.1, 1e-12, 0, 1, 0.5, 3.4e38, Number.NaN);
  expect(numberTexts(numbers)).toEqual(Array.from(numbers, (number) => JSON.stringify(number)));
});
