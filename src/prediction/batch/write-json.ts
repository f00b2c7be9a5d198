// Scored blocks as JSON: one array of objects, or one object a line (NDJSON). A probability is the number that POST /predict answers for
// the row, digit by digit.
import type { RefusedRow } from './row-block.ts';
import type { ScoredBlock } from './scored-block.ts';
import { joinRows, type TextForm } from './write-text.ts';

const PROGRESS_MS = 1000;

export const jsonForm: TextForm = {
  head: '[\n',
  rows: (block, isFirst) => rowsOf(block, isFirst ? '' : ',\n', ',\n', ''),
  fault: (problem) => `,\n{"error":${problem}}`,
  foot: () => '\n]\n',
};

export const ndjsonForm: TextForm = {
  head: '',
  rows: (block) => rowsOf(block, '', '', '\n'),
  fault: (problem) => `{"error":${problem}}\n`,
  foot: () => '',
};

/** The same, and a line about every second and at the end that says how far it is. */
export function progressForm(): TextForm {
  const startedAt = performance.now();
  let saidAt = startedAt;
  let rows = 0;
  let refused = 0;
  const progress = (): string => {
    saidAt = performance.now();
    const seconds = Math.round(saidAt - startedAt) / 1000;
    return `${JSON.stringify({ progress: { rows, refused, seconds } })}\n`;
  };
  return {
    ...ndjsonForm,
    rows: (block, isFirst) => {
      rows += block.count;
      refused += block.refused.length;
      const text = ndjsonForm.rows(block, isFirst);
      return performance.now() - saidAt < PROGRESS_MS ? text : text + progress();
    },
    foot: progress,
  };
}

function rowsOf(block: ScoredBlock, first: string, between: string, after: string): string {
  const { first: index, ids, probability, positive, warnings, explanations } = block;
  const labels = [block.labels.negative, block.labels.positive].map((label) =>
    JSON.stringify(label),
  );
  let before = first;
  const open = (at: number): string => {
    const text = `${before}{"index":${index + at}`;
    before = between;
    return text;
  };
  return joinRows(
    block,
    (at) => {
      const id = ids === null ? '' : `,"id":"${ids[at] ?? ''}"`;
      const warned = warnings.get(at);
      const more = warned === undefined ? '' : `,"warnings":${JSON.stringify(warned)}`;
      const explained = explanations === null ? '' : `,"explanation":${explanations[at] ?? ''}`;
      return `${open(at)}${id},"label":${labels[positive[at] ?? 0] ?? ''},"probability":${probability[at] ?? 0}${more}${explained}}${after}`;
    },
    ({ at, line, errors }) =>
      `${open(at)}${lineOf(line)},"errors":${JSON.stringify(errors)}}${after}`,
  );
}

const lineOf = (line: RefusedRow['line']): string => (line === null ? '' : `,"line":${line}`);
