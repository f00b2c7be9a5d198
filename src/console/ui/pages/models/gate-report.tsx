// The gate's report: each check with what it measured, its limit and whether it passed.
import type { ReactElement } from 'react';
import type { Schemas } from '../../api/client.ts';
import { Badge } from '../../components/badge.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { UNKNOWN, useFormats } from '../../shell/formats.ts';
import { useTexts } from '../../shell/texts.ts';
import { MODELS_TEXTS } from './models-texts.ts';

export type GateCheck = Schemas['GateCheckResponse'];

export function GateReport({ checks }: { readonly checks: readonly GateCheck[] }): ReactElement {
  const texts = useTexts(MODELS_TEXTS).gate;
  const { number } = useFormats();
  const { check, outcome, value, limit, interval, detail } = texts.columns;
  return (
    <DataTable
      caption={texts.caption}
      columns={[
        { header: check },
        { header: outcome },
        { header: value, numeric: true },
        { header: limit, numeric: true },
        { header: interval, numeric: true },
        { header: detail },
      ]}
      rows={checks.map((each) => [
        <code key="name">{each.name}</code>,
        <Badge key="outcome" tone={each.passed ? 'good' : 'bad'}>
          {each.passed ? texts.passed : texts.failed}
        </Badge>,
        number(each.value),
        number(each.limit),
        each.interval === null
          ? UNKNOWN
          : texts.interval(number(each.interval.low), number(each.interval.high)),
        each.detail,
      ])}
    />
  );
}
