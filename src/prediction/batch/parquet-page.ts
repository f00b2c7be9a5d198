// A page of a Parquet column, unpacked and checked: the decoder believes what a page tells of the lengths of its runs, and one damaged byte
// would have it fill the memory of the process.
import type { DecodedArray, PageHeader } from 'hyparquet';
import { readPage } from 'hyparquet/src/column.js';
import { convert } from 'hyparquet/src/convert.js';
import { decompressPage } from 'hyparquet/src/datapage.js';
import { checkRuns, isNumbers, isRunOfOnes, lookUp } from './parquet-runs.ts';

export type PageDecoder = Parameters<typeof readPage>[2];

/** Of a value that may be missing, in bits. */
const LEVEL_WIDTH = 1;
/** Of a number that stands for a value of the dictionary; what has more is left to the decoder. */
const MOST_LOOK_UP_BITS = 24;
/** Of the length that stands before runs. */
const LENGTH_BYTES = 4;

/** The values of a data page, null where one is missing, or of a dictionary. Throws where the page does not hold what its header tells. */
export function decodePage(
  packed: Uint8Array,
  header: PageHeader,
  decoder: PageDecoder,
  dictionary: DecodedArray | undefined,
): DecodedArray {
  const page = unpack(packed, header, decoder);
  if (header.type === 'DICTIONARY_PAGE') return convert(read(page, header, decoder), decoder);
  const levels = checkData(page, header, decoder);
  if (levels === null) return read(page, header, decoder, dictionary);
  const values = page.subarray(levels);
  const [width = 0] = values;
  if (isLookUp(header) && isNumbers(dictionary) && width > 0 && width <= MOST_LOOK_UP_BITS)
    return lookUp(values.subarray(1), width, dictionary, countOf(header));
  return read(values, withoutLevels(header), required(decoder), dictionary);
}

/** Whether its values are numbers of values in the dictionary. */
const isLookUp = ({ data_page_header: v1, data_page_header_v2: v2 }: PageHeader): boolean =>
  (v1?.encoding ?? v2?.encoding ?? '').endsWith('_DICTIONARY');

const countOf = ({ data_page_header: v1, data_page_header_v2: v2 }: PageHeader): number =>
  v1?.num_values ?? v2?.num_values ?? 0;

function read(
  page: Uint8Array,
  header: PageHeader,
  decoder: PageDecoder,
  dictionary?: DecodedArray,
): DecodedArray {
  const view = new DataView(page.buffer, page.byteOffset, page.byteLength);
  const unpacked = { ...header, ...sizesOf(page), ...unpackedV2(header) };
  const plain = { ...decoder, codec: 'UNCOMPRESSED' as const };
  const { data } = readPage({ view, offset: 0 }, unpacked, plain, dictionary, undefined, 0);
  if (data === undefined) throw new Error('a page without values');
  return data;
}

function withoutLevels(header: PageHeader): PageHeader {
  const { data_page_header_v2: v2 } = header;
  if (v2 === undefined) return header;
  const none = { repetition_levels_byte_length: 0, definition_levels_byte_length: 0 };
  return { ...header, data_page_header_v2: { ...v2, ...none } };
}

/** The same for values of which none may be missing. */
function required(decoder: PageDecoder): PageDecoder {
  const [root, leaf] = decoder.schemaPath;
  if (root === undefined || leaf === undefined) return decoder;
  const element = { ...leaf.element, repetition_type: 'REQUIRED' as const };
  return { ...decoder, element, schemaPath: [root, { ...leaf, element }] };
}

const sizesOf = ({ length }: Uint8Array) => ({
  compressed_page_size: length,
  uncompressed_page_size: length,
});

const unpackedV2 = ({ data_page_header_v2: v2 }: PageHeader): Partial<PageHeader> =>
  v2 === undefined ? {} : { data_page_header_v2: { ...v2, is_compressed: false } };

function unpack(packed: Uint8Array, header: PageHeader, decoder: PageDecoder): Uint8Array {
  const { codec, compressors } = decoder;
  const { uncompressed_page_size: size, data_page_header_v2: v2 } = header;
  if (v2 === undefined) return decompressPage(packed, size, codec, compressors);
  const levels = levelBytes(v2);
  if (levels > Math.min(packed.length, size)) throw new Error('levels longer than their page');
  if (v2.is_compressed === false) return packed;
  const values = decompressPage(packed.subarray(levels), size - levels, codec, compressors);
  return Buffer.concat([packed.subarray(0, levels), values]);
}

type HeaderV2 = NonNullable<PageHeader['data_page_header_v2']>;

function levelBytes(header: HeaderV2): number {
  const { repetition_levels_byte_length: one, definition_levels_byte_length: other } = header;
  if (one < 0 || other < 0) throw new Error('levels of a negative length');
  return one + other;
}

/**
 * Answers how many bytes of levels tell that no value is missing; null where some is, or may be. Values that need no levels come as an array of
 * numbers, in a fifth of the time.
 */
function checkData(
  page: Uint8Array,
  header: PageHeader,
  { element, type }: PageDecoder,
): number | null {
  const { data_page_header: v1, data_page_header_v2: v2 } = header;
  const count = countOf(header);
  const nulls = v2?.num_nulls ?? 0;
  if (nulls < 0 || nulls > count) throw new Error('more missing values than values');
  const isRequired = element.repetition_type === 'REQUIRED';
  let levels: Uint8Array = new Uint8Array();
  let at = 0;
  if (v2 !== undefined) {
    at = levelBytes(v2);
    levels = page.subarray(v2.repetition_levels_byte_length, at);
    checkRuns(levels, LEVEL_WIDTH, count);
  } else if (!isRequired) {
    at = checkPrefixed(page, at, count);
    levels = page.subarray(LENGTH_BYTES, at);
  }
  if (isLookUp(header)) checkRuns(page.subarray(at + 1), page[at] ?? 0, count);
  else if ((v1?.encoding ?? v2?.encoding) === 'RLE' && type === 'BOOLEAN')
    checkPrefixed(page, at, count);
  return isRequired || (nulls === 0 && isRunOfOnes(levels, count)) ? at : null;
}

/** Runs with their length in four bytes before them. Answers where they end. */
function checkPrefixed(page: Uint8Array, start: number, count: number): number {
  const length = new DataView(page.buffer, page.byteOffset, page.byteLength).getUint32(start, true);
  const end = start + LENGTH_BYTES + length;
  if (end > page.length) throw new Error('levels longer than their page');
  checkRuns(page.subarray(start + LENGTH_BYTES, end), LEVEL_WIDTH, count);
  return end;
}
