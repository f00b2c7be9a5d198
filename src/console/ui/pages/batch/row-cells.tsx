// One result of a batch as the cells of its row: what was answered and why, or what was expected instead.
import { useCallback, type ReactElement, type ReactNode } from 'react';
import type { Schemas } from '../../api/client.ts';
import { Badge } from '../../components/badge.tsx';
import { useFormats } from '../../shell/formats.ts';
import { useTexts } from '../../shell/texts.ts';
import { isRefused, type BatchRow } from './batch-row.ts';
import { BATCH_TEXTS } from './batch-texts.ts';

export function useRowCells(
  model: Schemas['ModelInfoResponse'],
): (row: BatchRow) => readonly ReactNode[] {
  const texts = useTexts(BATCH_TEXTS).results;
  const { integer, percent } = useFormats();
  return useCallback(
    (row) => {
      if (isRefused(row))
        return [
          <>
            {integer(row.index + 1)}
            {row.line !== undefined && (
              <span className="muted"> {texts.line(integer(row.line))}</span>
            )}
          </>,
          <Badge tone="bad">{texts.refusedRow}</Badge>,
          percent(null),
          <Errors errors={row.errors} />,
        ];
      const isPositive = row.label === model.positive_label;
      return [
        integer(row.index + 1),
        <Badge tone={isPositive ? 'accent' : 'neutral'}>{row.label}</Badge>,
        percent(row.probability, 2),
        <Notes row={row} />,
      ];
    },
    [model.positive_label, texts, integer, percent],
  );
}

type Refused = Extract<BatchRow, { readonly errors: unknown }>;
type Scored = Exclude<BatchRow, Refused>;

function Errors({ errors }: { readonly errors: Refused['errors'] }): ReactElement {
  const texts = useTexts(BATCH_TEXTS).results;
  return (
    <ul className="notes">
      {errors.map(({ field, expected, received }, at) => (
        <li key={at}>
          <code>{field}</code> {expected}{' '}
          {received !== undefined && <span className="muted">{texts.received(received)}</span>}
        </li>
      ))}
    </ul>
  );
}

function Notes({ row: { explanation, warnings = [] } }: { readonly row: Scored }): ReactNode {
  const texts = useTexts(BATCH_TEXTS).results;
  const reasons = explanation?.reasons ?? [];
  if (reasons.length + warnings.length === 0) return null;
  return (
    <ul className="notes">
      {warnings.map(({ feature }) => (
        <li key={feature}>
          <span aria-hidden="true">▲</span> {texts.warning(feature)}
        </li>
      ))}
      {reasons.map(({ code, text }) => (
        <li key={code}>{text}</li>
      ))}
    </ul>
  );
}
