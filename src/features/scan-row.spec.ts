import type { ServedFeature } from './feature-spec.ts';
import { bytesOf, DECLINED, RowScanner } from './scan-row.ts';

/** From one byte to several words, and around the length of a word with its quotes and colon (8). */
const LENGTHS = [1, 3, 4, 5, 6, 7, 12, 13, 14, 29];
const names = LENGTHS.map((length, i) => String.fromCharCode(97 + i).repeat(length));
const features = names.map((name): ServedFeature => ({
  kind: 'numeric',
  name,
  nullable: false,
  training: null,
}));
const scanner = new RowScanner(features);
const values = LENGTHS.map((length) => length / 4);
const rowOf = (colon: string, comma: string): Uint8Array =>
  bytesOf(`{${names.map((name, i) => `"${name}"${colon}${values[i]}`).join(comma)}}`);
const row = rowOf(':', ',');

function scan(bytes: Uint8Array, start = 0): { end: number; cells: number[] } {
  const cells = new Float32Array(names.length);
  const end = scanner.scanInto(bytes, start, cells);
  return { end, cells: [...cells] };
}

it.each([
  [':', ','],
  [': ', ', '],
  [' :\t', ' ,\n  '],
])('reads names of any length, with %j and %j between', (colon, comma) => {
  const bytes = rowOf(colon, comma);
  expect(scan(bytes)).toEqual({ end: bytes.length, cells: values });
});

it('reads a row that stands between others', () => {
  const bytes = Buffer.concat([row, bytesOf('\n'), row, bytesOf('\n'), row]);
  expect(scan(bytes, row.length + 1)).toEqual({ end: 2 * row.length + 1, cells: values });
});

it('declines a row that ends before its end, wherever that is', () => {
  for (let end = 0; end < row.length; end += 1) expect(scan(row.slice(0, end)).end).toBe(DECLINED);
});

it('declines a row with any other byte in a name or around it', () => {
  for (let at = 0; at < row.length; at += 1) {
    const bytes = Uint8Array.from(row);
    const isDigit = /[\d.]/.test(String.fromCharCode(bytes[at] as number));
    bytes[at] = 0x21;
    if (!isDigit) expect(scan(bytes).end).toBe(DECLINED);
  }
});
