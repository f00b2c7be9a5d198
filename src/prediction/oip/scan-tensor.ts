// The numbers of a request's one flat tensor, read straight from its bytes: of 10,000 rows of 30 features the strict parser and its list of
// 300,000 numbers take ten times as long.
import { NO_NUMBER, NumberReader } from '../../features/read-number.ts';
import { skipSpace } from '../../features/scan-row.ts';

/** Stands where the list stood. */
export const TAKEN = '(numbers)';

export interface TakenNumbers {
  /** The JSON of the request, with TAKEN in the place of the list. */
  readonly json: string;
  readonly numbers: Float64Array;
}

const KEY = Buffer.from('"data"');
const [COLON, OPEN, CLOSE, COMMA] = [...Buffer.from(':[],')];
/** That a number and its comma take, or more: room that is asked for once wakes the garbage collector once. */
const USUAL_BYTES = 4;
const NULL = Buffer.from('null');

/**
 * Takes the list behind the first "data" out of the text, if it is one of numbers and nulls (NaN here); null where it is anything else.
 * Whether that "data" is the tensor's own is for the caller to see: TAKEN then stands in its place once the rest is parsed.
 */
export function takeNumbers(json: Buffer): TakenNumbers | null {
  const key = json.indexOf(KEY);
  if (key < 0) return null;
  const colon = skipSpace(json, key + KEY.length);
  const open = skipSpace(json, colon + 1);
  if (json[colon] !== COLON || json[open] !== OPEN) return null;
  const list = readList(json, open + 1);
  if (list === null) return null;
  const { numbers, end } = list;
  const [before, after] = [json.toString('utf8', 0, open), json.toString('utf8', end)];
  if (before.includes(TAKEN) || after.includes(TAKEN)) return null;
  return { json: `${before}"${TAKEN}"${after}`, numbers };
}

/** `end`: after the closing bracket. */
function readList(json: Buffer, start: number): { numbers: Float64Array; end: number } | null {
  const reader = new NumberReader();
  let numbers = new Float64Array(Math.ceil((json.length - start) / USUAL_BYTES));
  let at = skipSpace(json, start);
  for (let count = 0; ; count += 1) {
    const end = readElement(reader, json, at);
    if (end === NO_NUMBER) return null;
    if (count === numbers.length) numbers = doubled(numbers);
    numbers[count] = reader.value;
    at = skipSpace(json, end);
    if (json[at] === CLOSE) return { numbers: numbers.subarray(0, count + 1), end: at + 1 };
    if (json[at] !== COMMA) return null;
    at = skipSpace(json, at + 1);
  }
}

function doubled(numbers: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(numbers.length * 2);
  larger.set(numbers);
  return larger;
}

/** Where the number or null ends, or NO_NUMBER. */
function readElement(reader: NumberReader, json: Buffer, at: number): number {
  if (json[at] !== NULL[0]) return reader.read(json, at);
  reader.value = Number.NaN;
  const end = at + NULL.length;
  return json.compare(NULL, 0, NULL.length, at, end) === 0 ? end : NO_NUMBER;
}
