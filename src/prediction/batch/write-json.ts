// Scored blocks as JSON: one array of objects, or one object a line (NDJSON). A probability is the number that POST /predict answers for
// the row, digit by digit.
import type { ScoredBlock } from './scored-block.ts';
import { encoded, numberTexts, type TextBytes } from './text-bytes.ts';
import { eachRow, type TextForm } from './write-text.ts';

const PROGRESS_MS = 1000;
const [INDEX, ID, QUOTE] = ['{"index":', ',"id":"', '"'].map(encoded) as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
];

/** What stands around the rows. */
interface RowFrame {
  readonly between: Uint8Array;
  /** Ends the row too. */
  readonly close: Uint8Array;
}

const ARRAY: RowFrame = { between: encoded(',\n'), close: encoded('}') };
const LINES: RowFrame = { between: encoded(''), close: encoded('}\n') };

export const jsonForm: TextForm = {
  head: '[\n',
  rows: (out, block, isFirst) => {
    writeRows(out, block, ARRAY, isFirst);
  },
  fault: (problem) => `,\n{"error":${problem}}`,
  foot: () => '\n]\n',
};

export const ndjsonForm: TextForm = {
  head: '',
  rows: (out, block) => {
    writeRows(out, block, LINES, true);
  },
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
    rows: (out, block) => {
      rows += block.count;
      refused += block.refused.length;
      ndjsonForm.rows(out, block, false);
      if (performance.now() - saidAt >= PROGRESS_MS) out.text(progress());
    },
    foot: progress,
  };
}

function writeRows(
  out: TextBytes,
  block: ScoredBlock,
  { between, close }: RowFrame,
  isFirst: boolean,
): void {
  const { first, ids, probability, positive, warnings, explanations } = block;
  const labels = [block.labels.negative, block.labels.positive].map((label) =>
    encoded(`,"label":${JSON.stringify(label)},"probability":`),
  ) as [Uint8Array, Uint8Array];
  const open = (at: number): void => {
    if (at > 0 || !isFirst) out.add(between);
    out.add(INDEX);
    out.whole(first + at);
  };
  const probabilities = numberTexts(probability);
  eachRow(
    block,
    (at) => {
      open(at);
      if (ids !== null) {
        out.add(ID);
        out.ascii(ids[at] ?? '');
        out.add(QUOTE);
      }
      out.add(labels[positive[at] === 1 ? 1 : 0]);
      out.ascii(probabilities[at] ?? '');
      const warned = warnings.get(at);
      if (warned !== undefined) out.text(`,"warnings":${JSON.stringify(warned)}`);
      if (explanations !== null) out.text(`,"explanation":${explanations[at] ?? ''}`);
      out.add(close);
    },
    ({ at, line, errors }) => {
      open(at);
      if (line !== null) out.ascii(`,"line":${line}`);
      out.text(`,"errors":${JSON.stringify(errors)}`);
      out.add(close);
    },
  );
}
