// Which format an Accept header asks for.
import {
  DEFAULT_FORMAT,
  EXPORT_FORMATS,
  FORMAT_WRITERS,
  type ExportFormat,
} from './export-formats.ts';

const QUALITY = /;\s*q=([\d.]+)/i;

/**
 * The one that the header likes best. Where it names none of ours, the default goes out all the same and says what it is, as RFC 9110
 * (12.4.1) has it: clients put Accept headers on everything.
 */
export function acceptedFormat(accept = ''): ExportFormat {
  let best: ExportFormat = DEFAULT_FORMAT;
  let bestQuality = 0;
  for (const range of accept.split(',')) {
    const format = formatOf(range.split(';', 1)[0]?.trim().toLowerCase());
    const quality = Number(QUALITY.exec(range)?.[1] ?? 1);
    if (format === undefined || !(quality > bestQuality)) continue;
    best = format;
    bestQuality = quality;
  }
  return best;
}

const formatOf = (mediaType: string | undefined): ExportFormat | undefined =>
  EXPORT_FORMATS.find((each) => FORMAT_WRITERS[each].mediaType.split(';', 1)[0] === mediaType);
