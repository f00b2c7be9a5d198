// The formats of batches by their media types: what came, and what the caller would like to get.
import { AppError } from '../../common/errors.ts';
import type { BatchFormat } from './batch-format.ts';

/** What an answer is called; the first of those that an upload may be called. */
export const MEDIA_TYPES = {
  json: ['application/json'],
  ndjson: ['application/x-ndjson', 'application/jsonl', 'application/ndjson'],
  csv: ['text/csv'],
  parquet: ['application/vnd.apache.parquet', 'application/x-parquet'],
} as const satisfies Record<BatchFormat, readonly [string, ...string[]]>;

const FORMATS = Object.keys(MEDIA_TYPES) as BatchFormat[];
/** For the OpenAPI document: the types of uploads and answers, and that they are bytes to it. */
export const BATCH_TYPES = FORMATS.map((format) => MEDIA_TYPES[format][0]);
export const BATCH_BODY = { schema: { type: 'string', format: 'binary' } } as const;
const LIST = BATCH_TYPES.join(', ');
const CHARSET = /;\s*charset="?([^";\s]+)/i;
const QUALITY = /;\s*q=([\d.]+)/i;

export const mediaTypeOf = (format: BatchFormat): string =>
  format === 'csv' ? 'text/csv; charset=utf-8; header=present' : MEDIA_TYPES[format][0];

/** The format of an upload. Throws UNSUPPORTED_MEDIA_TYPE. */
export function formatOf(contentType = '', encoding = 'identity'): BatchFormat {
  if (encoding !== 'identity')
    throw new AppError('UNSUPPORTED_MEDIA_TYPE', 'Send the upload without a Content-Encoding.');
  const format = FORMATS.find((each) => names(each).includes(essence(contentType)));
  if (format === undefined)
    throw new AppError('UNSUPPORTED_MEDIA_TYPE', `Send one of ${LIST} as the Content-Type.`);
  const charset = CHARSET.exec(contentType)?.[1]?.toLowerCase() ?? 'utf-8';
  if (!['utf-8', 'utf8', 'us-ascii'].includes(charset))
    throw new AppError('UNSUPPORTED_MEDIA_TYPE', 'Text is read as UTF-8; send it so.');
  return format;
}

/** The format that the header likes best (RFC 9110, 12.5.1); `came` where it likes others as well. Throws NOT_ACCEPTABLE. */
export function acceptedFormat(accept: string | undefined, came: BatchFormat): BatchFormat {
  if (accept === undefined || accept.trim() === '') return came;
  const ranges = accept.split(',').map((range) => ({
    type: essence(range),
    quality: Number(QUALITY.exec(range)?.[1] ?? 1),
  }));
  const wishes = [came, ...FORMATS.filter((format) => format !== came)]
    .map((format) => ({ format, ...wishFor(format, ranges) }))
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality || b.precision - a.precision);
  const [best] = wishes;
  if (best === undefined) throw new AppError('NOT_ACCEPTABLE', `The answer can be one of ${LIST}.`);
  return best.format;
}

interface Range {
  readonly type: string;
  readonly quality: number;
}

/** What the most precise range that fits says of a format. */
function wishFor(
  format: BatchFormat,
  ranges: readonly Range[],
): { quality: number; precision: number } {
  let best = { quality: 0, precision: -1 };
  for (const { type, quality } of ranges) {
    const precision = precisionOf(type, format);
    if (precision > best.precision) best = { quality, precision };
  }
  return best;
}

/** 2: the type by its name. 1: its family. 0: anything. -1: another one. */
function precisionOf(range: string, format: BatchFormat): number {
  if (names(format).includes(range)) return 2;
  const [family = ''] = names(format)[0]?.split('/') ?? [];
  if (range === `${family}/*`) return 1;
  return range === '*/*' ? 0 : -1;
}

const names = (format: BatchFormat): readonly string[] => MEDIA_TYPES[format];

const essence = (type: string): string => type.split(';', 1)[0]?.trim().toLowerCase() ?? '';
