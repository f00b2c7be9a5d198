// The scanner takes only what the strict parser and the encoder take without a remark, and gives the same cells; everything else it declines.
import { parseStrictJson } from '../common/strict-json.ts';
import { compileEncoder } from '../features/encode-row.ts';
import type { ServedFeature } from '../features/feature-spec.ts';
import { RowScanner } from '../features/scan-row.ts';
import { Random } from '../statistics/random.ts';
import { readPredictRequest } from './predict-request.ts';
import { scanBody } from './scan-body.ts';

const WIDE = { min: -Infinity, max: Infinity, median: 0 };
const FEATURES: readonly ServedFeature[] = [
  {
    kind: 'numeric',
    name: 'age',
    nullable: false,
    range: { min: 0, max: 120 },
    training: { min: 18, max: 90, median: 40 },
  },
  { kind: 'numeric', name: 'größe "x"', nullable: true, training: WIDE },
  {
    kind: 'categorical',
    name: 'side',
    nullable: true,
    categories: ['left', 'right', '漢', '', 'a\tb'],
    training: { mode: 'left' },
  },
];
const encoder = compileEncoder(FEATURES);
const scanner = new RowScanner(FEATURES);

interface Read {
  readonly cells: readonly number[];
  readonly features: unknown;
}

/** By the scanner; null where it declines. */
function scanned(text: string, using = scanner): Read | null {
  const cells = new Float32Array(encoder.width);
  const own = scanBody(using, Buffer.from(text), cells);
  return own && { cells: [...cells], features: JSON.parse(Buffer.from(own).toString()) as unknown };
}

/** With care: null where anything is refused or warned of, or a caller's key came. */
function read(text: string): Read | null {
  try {
    const { features, key } = readPredictRequest(parseStrictJson(text));
    const cells = new Float32Array(encoder.width);
    const { issues, warnings } = encoder.encodeInto(features, cells, 0);
    if (issues.length + warnings.length > 0 || key !== null) return null;
    return { cells: [...cells], features };
  } catch {
    return null;
  }
}

const row = (age: string, size = '1.5', side = '"left"'): string =>
  `{"age":${age},"größe \\"x\\"":${size},"side":${side}}`;

it.each([
  ['a bare row', row('41.5')],
  ['an envelope', `{"features":${row('41.5')}}`],
  [
    'white space wherever it may be',
    ' {\n"features" :\t{ "age" : 41.5 ,\r\n"größe \\"x\\"": 2 , "side" : "right" } } \n',
  ],
  ['null where it may be', row('41.5', 'null', 'null')],
  ['a category beyond ASCII', row('41.5', '1', '"漢"')],
  ['the empty category', row('41.5', '1', '""')],
])('reads %s', (_what, text) => {
  expect(scanned(text)).not.toBeNull();
  expect(scanned(text)).toEqual(read(text));
});

it.each([
  '0',
  '-0',
  '-0.0',
  '7',
  '-7',
  '0.1',
  '1.50',
  '123456789012345',
  '1234567890123456',
  '0.1234567890123456789',
  '3.4028234e38',
  '1e5',
  '1E-5',
  '1.25e+3',
  '2.2250738585072014e-308',
  '9007199254740993',
  '0.000001',
  '-123.456e-7',
  '16777217',
  '0.000000000000000000000000000001234',
  '0.30000000000000004',
])('reads the number %s as JSON.parse does', (number) => {
  const text = row('41.5', number);
  expect(scanned(text)).not.toBeNull();
  expect(scanned(text)).toEqual(read(text));
});

it.each([
  ['a value outside what training saw', row('95')],
  ['a value outside the domain', row('130')],
  ['more than float32 holds', row('41.5', '1e39')],
  ['more than float64 holds', row('41.5', '1e999')],
  ['null where it may not be', row('null')],
  ['an unknown category', row('41.5', '1', '"up"')],
  ['a category as a number', row('41.5', '1', '1')],
  ['a number as a text', row('"41.5"')],
  ['another order', '{"side":"left","age":41.5,"größe \\"x\\"":1}'],
  ['a feature too few', '{"age":41.5,"größe \\"x\\"":1}'],
  ['a feature too many', `${row('41.5').slice(0, -1)},"more":1}`],
  ['a key of the caller', `{"features":${row('41.5')},"key":"a"}`],
  ['a key of the caller first', `{"key":"a","features":${row('41.5')}}`],
  ['an escape in a category', row('41.5', '1', '"l\\u0065ft"')],
  ['a control character in a category', row('41.5', '1', '"a\tb"')],
  ['another bracket', `["features":${row('41.5')}}`],
  ['something behind it', `${row('41.5')}x`],
  ['a second row', row('41.5') + row('41.5')],
  ['a comma at the end', `${row('41.5').slice(0, -1)},}`],
  ['an envelope that is not closed', `{"features":${row('41.5')}`],
  ['nothing', ''],
  ['white space', ' \n'],
  ['a byte-order mark', `\uFEFF${row('41.5')}`],
  ['other white space', `\u00A0${row('41.5')}`],
  ['a leading zero', row('041.5')],
  ['a plus', row('+41.5')],
  ['a point first', row('.5')],
  ['a point last', row('41.')],
  ['an exponent without digits', row('41.5', '1e')],
  ['a sign alone', row('41.5', '-')],
  ['hexadecimal', row('0x20')],
  ['NaN', row('41.5', 'NaN')],
  ['half a null', row('41.5', 'nul')],
])('declines %s', (_what, text) => {
  expect(scanned(text)).toBeNull();
});

it('declines every beginning of a body', () => {
  const bytes = Buffer.from(`{"features":${row('41.5')}}`);
  for (let length = 0; length < bytes.length; length += 1)
    expect(scanBody(scanner, bytes.subarray(0, length), new Float32Array(3))).toBeNull();
});

it('declines rows of features whose names a strict parser refuses', () => {
  const features: ServedFeature[] = [
    { kind: 'numeric', name: '__proto__', nullable: false, training: WIDE },
  ];
  expect(scanned('{"__proto__":1}', new RowScanner(features))).toBeNull();
});

it('takes nothing that reading with care would not take, and gives the same cells, over 60,000 damaged bodies', () => {
  const random = Random.of(7);
  const pick = (below: number): number => random.nextInt(below);
  const bodies = [
    row('41.5'),
    `{"features":${row('18', '-1.25e-3', '"漢"')}}`,
    ` { "features" : ${row('89.99', 'null', '"right"')} }`,
  ];
  const pieces = [
    '0',
    '1',
    '9',
    '-',
    '.',
    'e',
    '"',
    '\\',
    '{',
    '}',
    ',',
    ':',
    ' ',
    '\n',
    'null',
    'left',
    '[',
    ']',
    '\u0000',
    'é',
    '""',
    '00',
  ];
  let taken = 0;
  for (let i = 0; i < 60_000; i += 1) {
    let text = bodies[pick(bodies.length)] ?? '';
    for (let damages = 1 + pick(3); damages > 0; damages -= 1) {
      const at = pick(text.length);
      text = text.slice(0, at) + (pieces[pick(pieces.length)] ?? '') + text.slice(at + pick(3));
    }
    const found = scanned(text);
    if (found === null) continue;
    taken += 1;
    expect({ text, found }).toEqual({ text, found: read(text) });
  }
  expect(taken).toBeGreaterThan(500);
});

it('reads random numbers as JSON.parse does', () => {
  const random = Random.of(8);
  for (let i = 0; i < 20_000; i += 1) {
    const number = (random.next() - 0.5) * 10 ** (random.next() * 60 - 30);
    const text = row('41.5', i % 2 === 0 ? String(number) : number.toFixed(9));
    expect(scanned(text)).toEqual(read(text));
  }
});
