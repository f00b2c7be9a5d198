// Metrics and parameters of several models, a column each: the best marked, and what differs.
import type { ReactElement } from 'react';
import { Badge } from '../../components/badge.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { UNKNOWN } from '../../shell/formats.ts';
import { useTexts } from '../../shell/texts.ts';
import { MetricValue } from './metric-value.tsx';
import { MODELS_TEXTS } from './models-texts.ts';
import type { Evaluation } from './queries.ts';
import { metricRows, paramRows, type Figures, type Params } from './side-by-side.ts';

export interface Side {
  readonly key: string;
  readonly label: string;
  readonly metrics: Figures;
  readonly intervals?: Evaluation['intervals'];
  readonly params: Params;
}

interface SidesProps {
  readonly caption: string;
  readonly sides: readonly Side[];
}

export function MetricTable({ caption, sides }: SidesProps): ReactElement {
  const texts = useTexts(MODELS_TEXTS).comparison;
  return (
    <DataTable
      caption={caption}
      columns={[
        { header: texts.metric },
        ...sides.map(({ label }) => ({ header: label, numeric: true })),
      ]}
      rows={metricRows(sides.map(({ metrics }) => metrics)).map(({ name, values, best }) => [
        <code key="name">{name}</code>,
        ...values.map((value, i) => (
          <MetricValue
            key={sides[i]?.key}
            value={value}
            interval={sides[i]?.intervals?.[name]}
            best={best.includes(i)}
          />
        )),
      ])}
    />
  );
}

export function ParamTable({ caption, sides }: SidesProps): ReactElement {
  const texts = useTexts(MODELS_TEXTS).comparison;
  const compared = sides.length > 1;
  return (
    <DataTable
      caption={caption}
      columns={[
        { header: texts.parameter },
        ...(compared ? [{ header: texts.difference }] : []),
        ...sides.map(({ label }) => ({ header: label })),
      ]}
      rows={paramRows(sides.map(({ params }) => params)).map(({ name, values, differs }) => [
        <code key="name">{name}</code>,
        ...(compared
          ? [
              differs ? (
                <Badge key="differs" tone="warn">
                  {texts.differs}
                </Badge>
              ) : (
                texts.same
              ),
            ]
          : []),
        ...values.map((value) => value ?? UNKNOWN),
      ])}
    />
  );
}
