// CSV (RFC 4180) as text: records out of it, fields into it.
export const DELIMITERS = [',', ';', '\t', '|'] as const;

const NEEDS_QUOTES = /[",\r\n]/;
const LINE_END = '\r\n';

/**
 * The first records of a text, at most `most`; without the last where `isWhole` is false and it may go on. Empty lines are no records; quotes that
 * are not closed end the reading.
 */
export function recordsIn(
  text: string,
  delimiter: string,
  { most, isWhole }: { readonly most: number; readonly isWhole: boolean },
): readonly (readonly string[])[] {
  const records: string[][] = [];
  let fields: string[] = [];
  let field = '';
  let isQuoted = false;
  const endRecord = (): void => {
    const cleaned = field.endsWith('\r') ? field.slice(0, -1) : field;
    if (fields.length > 0 || cleaned !== '') records.push([...fields, cleaned]);
    fields = [];
    field = '';
  };
  for (let at = 0; at < text.length && records.length < most; at += 1) {
    const character = text.charAt(at);
    if (character === '"' && isQuoted && text.charAt(at + 1) === '"') {
      field += '"';
      at += 1;
    } else if (character === '"' && (isQuoted || field === '')) isQuoted = !isQuoted;
    else if (isQuoted) field += character;
    else if (character === delimiter) {
      fields.push(field);
      field = '';
    } else if (character === '\n') endRecord();
    else field += character;
  }
  if (isWhole && !isQuoted && records.length < most) endRecord();
  return records;
}

/** An empty text is a quoted one, as the API writes it: an empty field is a missing value. */
export const csvField = (text: string): string =>
  text === '' || NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;

/** Fields as they stand, quoted where they have to be; null: an empty field. */
export const csvRecord = (fields: readonly (string | null)[]): string =>
  fields.map((field) => (field === null ? '' : csvField(field))).join(',') + LINE_END;
