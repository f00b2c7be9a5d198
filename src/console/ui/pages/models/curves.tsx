// Curves of several versions, one line each: ROC, precision and recall, calibration; and the scores of each by class.
import { useCallback, type ReactElement } from 'react';
import { Chart, type ChartColors } from '../../components/chart.tsx';
import { useFormats } from '../../shell/formats.ts';
import { useTexts } from '../../shell/texts.ts';
import type { Drawn } from './comparison.tsx';
import { lineOf, unitChart, type Place } from './line-series.ts';
import { MODELS_TEXTS } from './models-texts.ts';
import { Scores } from './scores.tsx';

interface CurvesProps {
  readonly evaluations: readonly Drawn[];
}

const HEIGHT = 300;

export default function Curves({ evaluations }: CurvesProps): ReactElement {
  const texts = useTexts(MODELS_TEXTS).charts;
  return (
    <section aria-labelledby="curves">
      <h3 id="curves">{texts.title}</h3>
      <div className="grid">
        <div className="card">
          <Roc evaluations={evaluations} />
        </div>
        <div className="card">
          <PrecisionRecall evaluations={evaluations} />
        </div>
        <div className="card">
          <Calibration evaluations={evaluations} />
        </div>
        {evaluations.map((evaluation) => (
          <div key={evaluation.version} className="card">
            <Scores evaluation={evaluation} />
          </div>
        ))}
      </div>
    </section>
  );
}

function Roc({ evaluations }: CurvesProps): ReactElement {
  const texts = useTexts(MODELS_TEXTS).charts;
  const { number } = useFormats();
  const option = useCallback(
    (colors: ChartColors) => ({
      ...unitChart(colors, number, texts.falsePositiveRate, texts.truePositiveRate),
      series: [
        ...evaluations.map(({ version, curves }, i) =>
          lineOf(
            texts.series(version),
            i,
            (curves.roc?.points ?? []).map(({ fpr, tpr }): Place => [fpr, tpr]),
          ),
        ),
        diagonal(texts.chance, colors),
      ],
    }),
    [evaluations, texts, number],
  );
  return (
    <Chart
      title={texts.roc}
      summary={texts.rocSummary(
        figures(evaluations, texts.series, ({ curves }) => number(curves.roc?.auc)),
      )}
      height={HEIGHT}
      option={option}
      table={() => ({
        columns: [
          { header: texts.version },
          { header: texts.threshold, numeric: true },
          { header: texts.falsePositiveRate, numeric: true },
          { header: texts.truePositiveRate, numeric: true },
        ],
        rows: evaluations.flatMap(({ version, curves }) =>
          (curves.roc?.points ?? []).map(({ threshold, fpr, tpr }) => [
            version,
            ...[threshold, fpr, tpr].map((value) => number(value)),
          ]),
        ),
      })}
    />
  );
}

function PrecisionRecall({ evaluations }: CurvesProps): ReactElement {
  const texts = useTexts(MODELS_TEXTS).charts;
  const { number } = useFormats();
  const option = useCallback(
    (colors: ChartColors) => ({
      ...unitChart(colors, number, texts.recall, texts.precision),
      series: evaluations.map(({ version, curves }, i) =>
        lineOf(
          texts.series(version),
          i,
          (curves.precision_recall?.points ?? []).map(({ recall, precision }): Place => [
            recall,
            precision,
          ]),
        ),
      ),
    }),
    [evaluations, texts, number],
  );
  return (
    <Chart
      title={texts.precisionRecall}
      summary={texts.precisionRecallSummary(
        figures(evaluations, texts.series, ({ curves }) =>
          number(curves.precision_recall?.average_precision),
        ),
      )}
      height={HEIGHT}
      option={option}
      table={() => ({
        columns: [
          { header: texts.version },
          { header: texts.threshold, numeric: true },
          { header: texts.recall, numeric: true },
          { header: texts.precision, numeric: true },
        ],
        rows: evaluations.flatMap(({ version, curves }) =>
          (curves.precision_recall?.points ?? []).map(({ threshold, recall, precision }) => [
            version,
            ...[threshold, recall, precision].map((value) => number(value)),
          ]),
        ),
      })}
    />
  );
}

function Calibration({ evaluations }: CurvesProps): ReactElement {
  const { charts: texts, gate } = useTexts(MODELS_TEXTS);
  const { number, integer } = useFormats();
  const option = useCallback(
    (colors: ChartColors) => ({
      ...unitChart(colors, number, texts.predicted, texts.observed),
      series: [
        ...evaluations.map(({ version, curves }, i) =>
          lineOf(
            texts.series(version),
            i,
            curves.calibration.bins.map(({ mean_probability: mean, observed }): Place => [
              mean,
              observed.value,
            ]),
            true,
          ),
        ),
        diagonal(texts.perfect, colors),
      ],
    }),
    [evaluations, texts, number],
  );
  return (
    <Chart
      title={texts.calibration}
      summary={texts.calibrationSummary(
        figures(evaluations, texts.series, ({ curves }) =>
          number(curves.calibration.expected_calibration_error),
        ),
      )}
      height={HEIGHT}
      option={option}
      table={() => ({
        columns: [
          { header: texts.version },
          { header: texts.predicted, numeric: true },
          { header: texts.observed, numeric: true },
          { header: texts.interval, numeric: true },
          { header: texts.rows, numeric: true },
        ],
        rows: evaluations.flatMap(({ version, curves }) =>
          curves.calibration.bins.map(({ mean_probability: mean, observed }) => [
            version,
            number(mean),
            number(observed.value),
            gate.interval(number(observed.low), number(observed.high)),
            integer(observed.n),
          ]),
        ),
      })}
    />
  );
}

const figures = (
  evaluations: readonly Drawn[],
  label: (version: string) => string,
  of: (evaluation: Drawn) => string,
): string => evaluations.map((each) => `${label(each.version)} ${of(each)}`).join(', ');

const diagonal = (name: string, colors: ChartColors): object => ({
  ...lineOf(name, 1, [
    [0, 0],
    [1, 1],
  ]),
  color: colors.muted,
  lineStyle: { width: 1, type: 'dashed', color: colors.muted },
  silent: true,
});
