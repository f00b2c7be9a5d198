// One row in JSON -> cells: from its bytes where it is plain, by the strict parser and the encoder otherwise, so that it is answered or refused
// as POST /predict would.
import { AppError, type FieldError } from '../../common/errors.ts';
import { findJsonFlaw, type JsonFlaw } from '../../common/json-scan.ts';
import { parseStrictJson } from '../../common/strict-json.ts';
import type { ServedFeature } from '../../features/feature-spec.ts';
import { bytesOf, DECLINED, matchKey, RowScanner, skipSpace } from '../../features/scan-row.ts';
import { readPredictRequest } from '../predict-request.ts';
import type { BlockBuilder } from './block-builder.ts';
import type { RowContract } from './row-contract.ts';
import { untrained } from './untrained.ts';

const FEATURES = bytesOf('"features"');
const [OPEN, CLOSE] = [0x7b, 0x7d];
/** As the strict parser has it. */
const MAX_DEPTH = 32;
const MAX_NAME = 64;
/** Programs write the fields of all rows in one order; an upload that mixes more is read with care. */
const MOST_ORDERS = 8;

export class JsonRowReader {
  readonly #features: readonly ServedFeature[];
  #scanner: RowScanner;
  /** Where a scanned cell belongs, where the rows have the features in an order of their own. */
  #places: readonly number[] | null = null;
  readonly #scanned: Float32Array;
  #orders = 1;
  /** Of the features in the row that was scanned. */
  #from = 0;
  #to = 0;

  constructor({ features }: RowContract) {
    this.#features = features;
    this.#scanner = scannerOf(features);
    this.#scanned = new Float32Array(features.length);
  }

  /** Reads the plain row that begins at `start` into the block's next cells. Answers where it ends, or DECLINED. */
  scan(bytes: Buffer, start: number, block: BlockBuilder): number {
    if (bytes[start] !== OPEN) return DECLINED;
    const inside = matchKey(bytes, skipSpace(bytes, start + 1), FEATURES);
    this.#from = inside === DECLINED ? start : inside;
    this.#to = this.#cells(bytes, this.#from, block);
    return this.#to === DECLINED || inside === DECLINED ? this.#to : closing(bytes, this.#to);
  }

  /** The row that was scanned is one of the upload. */
  accept(bytes: Buffer, block: BlockBuilder): void {
    block.accept(block.keepsInputs ? bytes.toString('utf8', this.#from, this.#to) : '');
  }

  /** Reads any row. Answers where its text stops being JSON: nothing is read then. */
  read(text: string, line: number | null, block: BlockBuilder): JsonFlaw | null {
    try {
      const { features } = readPredictRequest(parseStrictJson(text));
      block.encode(features, line);
      this.#learnOrder(features);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const flaw = error.errors === undefined ? findJsonFlaw(text, MAX_DEPTH) : null;
      if (flaw?.kind === 'malformed') return flaw;
      // The first flaw may hide another one.
      if (flaw !== null && !isJson(text)) return { kind: 'malformed', offset: flaw.offset };
      block.refuse(line, error.errors?.map(ofRow) ?? [flawError(flaw)]);
    }
    return null;
  }

  #cells(bytes: Buffer, start: number, block: BlockBuilder): number {
    const { cells, offset } = block;
    const places = this.#places;
    if (places === null) return this.#scanner.scanInto(bytes, start, cells, offset);
    const end = this.#scanner.scanInto(bytes, start, this.#scanned);
    if (end !== DECLINED)
      for (let i = 0; i < places.length; i += 1)
        cells[offset + (places[i] as number)] = this.#scanned[i] as number;
    return end;
  }

  /** The rows after this one have their fields in the same order, more likely than not. */
  #learnOrder(row: unknown): void {
    if (typeof row !== 'object' || row === null || this.#orders === MOST_ORDERS) return;
    const names = Object.keys(row);
    const known = this.#places;
    const isKnown = names.every((name, i) => name === this.#features[known?.[i] ?? i]?.name);
    if (isKnown || names.length !== this.#features.length) return;
    const places = names.map((name) => this.#features.findIndex((each) => each.name === name));
    if (places.includes(-1)) return;
    this.#orders += 1;
    this.#places = places;
    this.#scanner = scannerOf(places.map((place) => this.#features[place] as ServedFeature));
  }
}

/** A block finds what training did not see by its cells. */
const scannerOf = (features: readonly ServedFeature[]): RowScanner =>
  new RowScanner(features.map(untrained));

function closing(bytes: Uint8Array, start: number): number {
  const at = skipSpace(bytes, start);
  return bytes[at] === CLOSE ? at + 1 : DECLINED;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** What is the body of a request there is the row here. */
const ofRow = (error: FieldError): FieldError =>
  error.field === 'body' ? { ...error, field: 'row' } : error;

function flawError(flaw: Exclude<JsonFlaw, { kind: 'malformed' }> | null): FieldError {
  if (flaw === null)
    return { field: 'row', code: 'bad_request', expected: 'no key that names a prototype' };
  switch (flaw.kind) {
    case 'too_deep':
      return { field: 'row', code: 'bad_request', expected: `at most ${MAX_DEPTH} levels` };
    case 'duplicate_key':
      return {
        field: flaw.key.slice(0, MAX_NAME),
        code: 'duplicate_key',
        expected: 'each key once',
      };
  }
}
