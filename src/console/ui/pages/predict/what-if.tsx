// What if one feature were another: the probability over its range, all else as predicted.
import { useQuery } from '@tanstack/react-query';
import { useId, useMemo, type ReactElement } from 'react';
import { Asked } from '../../components/states.tsx';
import { useQueryValue } from '../../shell/location.ts';
import { useTexts } from '../../shell/texts.ts';
import { tryRows } from './ask.ts';
import { Curve } from './curve-chart.tsx';
import { rowsWith, valuesToTry } from './curve.ts';
import { nameOf, type Feature, type ModelInfo, type Row } from './features.ts';
import { PREDICT_TEXTS } from './predict-texts.ts';
import type { ShownAnswer } from './use-prediction.ts';

interface WhatIfProps {
  readonly info: ModelInfo;
  readonly answer: ShownAnswer;
  readonly onApply: (values: Row) => void;
}

export function WhatIf({ info, answer, onApply }: WhatIfProps): ReactElement {
  const { whatIf: texts } = useTexts(PREDICT_TEXTS);
  const [asked, choose] = useQueryValue<string>('feature', '');
  const id = useId();
  const feature =
    info.features.find(({ name }) => name === asked) ?? mostTelling(info, answer) ?? null;
  return (
    <section className="card">
      <h2>{texts.title}</h2>
      <p className="muted">{texts.lead}</p>
      <div className="toolbar">
        <label htmlFor={id}>{texts.feature}</label>
        <select
          id={id}
          value={feature?.name}
          onChange={({ target }) => {
            choose(target.value);
          }}
        >
          {info.features.map((each) => (
            <option key={each.name} value={each.name}>
              {nameOf(each)}
            </option>
          ))}
        </select>
      </div>
      {feature !== null && (
        <CurveOf
          key={`${answer.prediction.id} ${info.version} ${feature.name}`}
          feature={feature}
          {...{ info, answer, onApply }}
        />
      )}
    </section>
  );
}

function CurveOf({
  info,
  answer,
  feature,
  onApply,
}: WhatIfProps & { readonly feature: Feature }): ReactElement {
  const { whatIf: texts } = useTexts(PREDICT_TEXTS);
  const { row } = answer;
  const present = row[feature.name] ?? null;
  const values = useMemo(() => valuesToTry(feature, present), [feature, present]);
  const query = useQuery({
    queryKey: ['curve', info.name, info.version, feature.name, row],
    queryFn: ({ signal }) => tryRows(rowsWith(row, feature.name, values), values, signal),
    staleTime: Infinity,
  });
  return (
    <Asked query={query}>
      {(points) =>
        points.length === 0 ? (
          <p>{texts.refused}</p>
        ) : (
          <Curve {...{ feature, points, present, onApply }} threshold={info.threshold} />
        )
      }
    </Asked>
  );
}

/** What counted most for the answer; else for the model; else its first feature. */
function mostTelling(info: ModelInfo, { prediction }: ShownAnswer): Feature | undefined {
  const contributions = Object.entries(prediction.explanation?.contributions ?? {});
  const [first] = contributions.sort(([, a], [, b]) => Math.abs(b) - Math.abs(a));
  const name = first?.[0] ?? info.importance?.features[0]?.name;
  return info.features.find((each) => each.name === name) ?? info.features[0];
}
