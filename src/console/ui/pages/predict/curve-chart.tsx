// The curve of probabilities over one feature, drawn and as a table, with a slider to read it by.
import { useCallback, useId, useState, type ReactElement } from 'react';
import type { EChartsCoreOption } from 'echarts/core';
import { Chart, type ChartColors } from '../../components/chart.tsx';
import { useFormats } from '../../shell/formats.ts';
import { useTexts } from '../../shell/texts.ts';
import { curveOption } from './curve-option.ts';
import type { CurvePoint } from './curve.ts';
import { nameOf, rowOf, type Feature, type Row, type Value } from './features.ts';
import { PREDICT_TEXTS } from './predict-texts.ts';

interface CurveProps {
  readonly feature: Feature;
  readonly points: readonly CurvePoint[];
  readonly present: Value;
  readonly threshold: number;
  readonly onApply: (values: Row) => void;
}

export function Curve({ feature, points, present, threshold, onApply }: CurveProps): ReactElement {
  const { whatIf: texts, change } = useTexts(PREDICT_TEXTS);
  const formats = useFormats();
  const { number, percent } = formats;
  const unit = feature.unit === null ? '' : ` (${feature.unit})`;
  const written = (value: Value): string =>
    value === null ? change.nothing : typeof value === 'number' ? number(value, 6) : value;
  const drawn = points.filter(({ value }) => feature.kind === 'categorical' || value !== null);
  const missing = points.find(({ value }) => value === null);
  const shares = points.map(({ probability }) => probability);
  const presentPoint = points.find(({ value }) => value === present);
  const option = useCallback(
    (colors: ChartColors): EChartsCoreOption =>
      curveOption({ feature, points, present, threshold, texts, formats, colors }),
    [feature, points, present, threshold, texts, formats],
  );
  return (
    <>
      <Chart
        title={texts.chart(nameOf(feature)) + unit}
        summary={texts.summary(
          nameOf(feature),
          percent(Math.min(...shares)),
          percent(Math.max(...shares)),
          percent(presentPoint?.probability),
        )}
        option={option}
        table={() => ({
          columns: [
            { header: texts.value, numeric: feature.kind === 'numeric' },
            { header: texts.probability, numeric: true },
            { header: texts.label },
          ],
          rows: points.map(({ value, probability, label }) => [
            written(value),
            percent(probability),
            label,
          ]),
        })}
      />
      {feature.kind === 'numeric' && missing !== undefined && (
        <p className="muted">{texts.notKnown(percent(missing.probability))}</p>
      )}
      <Slider points={drawn} {...{ feature, present, written, onApply }} />
    </>
  );
}

interface SliderProps extends Omit<CurveProps, 'threshold'> {
  readonly written: (value: Value) => string;
}

function Slider({ feature, points, present, written, onApply }: SliderProps): ReactElement | null {
  const { whatIf: texts } = useTexts(PREDICT_TEXTS);
  const { percent } = useFormats();
  const [at, setAt] = useState(() =>
    Math.max(
      0,
      points.findIndex(({ value }) => value === present),
    ),
  );
  const id = useId();
  const point = points[at];
  if (point === undefined) return null;
  const words = texts.moved(written(point.value), percent(point.probability), point.label);
  return (
    <div className="move">
      <label htmlFor={id}>{texts.move}</label>
      <input
        id={id}
        type="range"
        min={0}
        max={points.length - 1}
        value={at}
        aria-valuetext={words}
        onChange={({ target }) => {
          setAt(Number(target.value));
        }}
      />
      <output htmlFor={id}>{words}</output>
      <button
        type="button"
        onClick={() => {
          onApply(rowOf([[feature.name, point.value]]));
        }}
      >
        {texts.use}
      </button>
    </div>
  );
}
