// Scored blocks as CSV (RFC 4180): a header always, CRLF, quotes where a field needs them, JSON text for what is no single value.
import { RESULT_COLUMNS } from './result-columns.ts';
import type { ScoredBlock } from './scored-block.ts';
import { joinRows, type TextForm } from './write-text.ts';

const NEEDS_QUOTES = /[",\r\n]/;
const BEFORE_ERRORS = ','.repeat(RESULT_COLUMNS.findIndex(({ name }) => name === 'errors'));

export const csvForm: TextForm = {
  head: `${RESULT_COLUMNS.map(({ name }) => name).join(',')}\r\n`,
  rows: recordsOf,
  // A record without an index.
  fault: (problem) => `${BEFORE_ERRORS}${quoted(problem)}\r\n`,
  foot: () => '',
};

function recordsOf(block: ScoredBlock): string {
  const { first, ids, probability, positive, warnings, explanations } = block;
  const labels = [block.labels.negative, block.labels.positive].map(fieldOf);
  return joinRows(
    block,
    (at) => {
      const warned = warnings.get(at);
      const more = warned === undefined ? '' : quoted(JSON.stringify(warned));
      const explained = explanations === null ? '' : quoted(explanations[at] ?? '');
      return `${first + at},${ids?.[at] ?? ''},${labels[positive[at] ?? 0] ?? ''},${probability[at] ?? 0},${more},${explained},,\r\n`;
    },
    ({ at, line, errors }) =>
      `${first + at},,,,,,${line ?? ''},${quoted(JSON.stringify(errors))}\r\n`,
  );
}

/** A missing value is an empty field, an empty text is a quoted one. */
const fieldOf = (text: string): string =>
  text === '' || NEEDS_QUOTES.test(text) ? quoted(text) : text;

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
