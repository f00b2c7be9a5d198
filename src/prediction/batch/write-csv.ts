// Scored blocks as CSV (RFC 4180): a header always, CRLF, quotes where a field needs them, JSON text for what is no single value.
import { RESULT_COLUMNS } from './result-columns.ts';
import type { ScoredBlock } from './scored-block.ts';
import { encoded, numberTexts, type TextBytes } from './text-bytes.ts';
import { eachRow, type TextForm } from './write-text.ts';

const NEEDS_QUOTES = /[",\r\n]/;
const COMMA = encoded(',');
/** Neither a line nor errors. */
const END_OF_SCORED = encoded(',,\r\n');
const BEFORE_ERRORS = ','.repeat(RESULT_COLUMNS.findIndex(({ name }) => name === 'errors'));

export const csvForm: TextForm = {
  head: `${RESULT_COLUMNS.map(({ name }) => name).join(',')}\r\n`,
  rows: writeRecords,
  // A record without an index.
  fault: (problem) => `${BEFORE_ERRORS}${quoted(problem)}\r\n`,
  foot: () => '',
};

function writeRecords(out: TextBytes, block: ScoredBlock): void {
  const { first, ids, probability, positive, warnings, explanations } = block;
  const labels = [block.labels.negative, block.labels.positive].map((label) =>
    encoded(`,${fieldOf(label)},`),
  ) as [Uint8Array, Uint8Array];
  const probabilities = numberTexts(probability);
  eachRow(
    block,
    (at) => {
      out.whole(first + at);
      out.add(COMMA);
      if (ids !== null) out.ascii(ids[at] ?? '');
      out.add(labels[positive[at] === 1 ? 1 : 0]);
      out.ascii(probabilities[at] ?? '');
      out.add(COMMA);
      const warned = warnings.get(at);
      if (warned !== undefined) out.text(quoted(JSON.stringify(warned)));
      out.add(COMMA);
      if (explanations !== null) out.text(quoted(explanations[at] ?? ''));
      out.add(END_OF_SCORED);
    },
    ({ at, line, errors }) => {
      out.ascii(`${first + at},,,,,,${line ?? ''},`);
      out.text(`${quoted(JSON.stringify(errors))}\r\n`);
    },
  );
}

/** A missing value is an empty field, an empty text is a quoted one. */
const fieldOf = (text: string): string =>
  text === '' || NEEDS_QUOTES.test(text) ? quoted(text) : text;

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
