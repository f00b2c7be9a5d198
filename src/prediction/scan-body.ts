// Reads the body of POST /predict from its bytes, where it holds one plain row and nothing else: in the envelope { features }, or bare.
import { bytesOf, DECLINED, matchKey, skipSpace, type RowScanner } from '../features/scan-row.ts';

const FEATURES = bytesOf('"features"');
const [OPEN, CLOSE] = bytesOf('{}');

/** The row's own bytes; its cells are in `out`. null: read the body with care. */
export function scanBody(
  scanner: RowScanner,
  body: Uint8Array,
  out: Float32Array,
): Uint8Array | null {
  const open = skipSpace(body, 0);
  if (body[open] !== OPEN) return null;
  const inside = matchKey(body, skipSpace(body, open + 1), FEATURES);
  const start = inside === DECLINED ? open : inside;
  const end = scanner.scanInto(body, start, out);
  if (end === DECLINED) return null;
  const after = inside === DECLINED ? end : closing(body, end);
  return after !== DECLINED && skipSpace(body, after) === body.length
    ? body.subarray(start, end)
    : null;
}

function closing(body: Uint8Array, start: number): number {
  const at = skipSpace(body, start);
  return body[at] === CLOSE ? at + 1 : DECLINED;
}
