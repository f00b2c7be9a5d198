// How good the answers in the window are: by the labels that have come, and estimated without them.
import { useId, type ReactElement } from 'react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { answerOf, api } from '../../api/client.ts';
import { DataTable } from '../../components/data-table.tsx';
import { Asked } from '../../components/states.tsx';
import { Tile, Tiles } from '../../components/tile.tsx';
import { useFormats, UNKNOWN } from '../../shell/formats.ts';
import { useTexts } from '../../shell/texts.ts';
import { CalibrationChart } from './calibration-chart.tsx';
import { ConceptDrift } from './concept-drift.tsx';
import { ConfusionMatrix } from './confusion-matrix.tsx';
import type { Quality } from './drift-data.ts';
import { NoLabels } from './no-labels.tsx';
import { metricRows, type Interval, type MetricRow } from './quality-rows.ts';
import { QUALITY_TEXTS } from './quality-texts.ts';
import { askedOf, type DriftPlace } from './use-drift-place.ts';

export function QualityCard({ place }: { readonly place: DriftPlace }): ReactElement {
  const texts = useTexts(QUALITY_TEXTS);
  const id = useId();
  const query = askedOf(place);
  const quality = useQuery({
    queryKey: ['quality', query],
    queryFn: () => answerOf(api.GET('/monitoring/quality', { params: { query } })),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });
  return (
    <section className="card" aria-labelledby={id} aria-busy={quality.isFetching}>
      <h2 id={id}>{texts.title}</h2>
      <p>{texts.lead}</p>
      <Asked query={quality}>{(data) => <Measured quality={data} />}</Asked>
    </section>
  );
}

function Measured({ quality }: { readonly quality: Quality }): ReactElement {
  const texts = useTexts(QUALITY_TEXTS);
  const isLabelled = quality.labelled > 0;
  return (
    <>
      {!isLabelled && <NoLabels />}
      {!isLabelled && quality.estimated_rows > 0 && <p>{texts.unlabelled}</p>}
      {quality.predictions > 0 && (
        <>
          <QualityTiles quality={quality} />
          <Metrics quality={quality} />
        </>
      )}
      {isLabelled && (
        <>
          <ConceptDrift concept={quality.concept_drift} />
          <div className="drift-pair">
            <CalibrationChart calibration={quality.calibration} />
            <ConfusionMatrix quality={quality} />
          </div>
        </>
      )}
    </>
  );
}

function QualityTiles({ quality }: { readonly quality: Quality }): ReactElement {
  const { tiles } = useTexts(QUALITY_TEXTS);
  const { percent, integer, number, milliseconds } = useFormats();
  const { roc_auc, estimated_roc_auc, delay } = quality;
  const interval = (of: Interval | null): string =>
    of?.low == null || of.high === null
      ? tiles.bothClasses
      : tiles.interval(number(of.low, 3), number(of.high, 3));
  return (
    <Tiles>
      <Tile
        name={tiles.labelled}
        value={percent(quality.coverage)}
        note={tiles.of(integer(quality.labelled), integer(quality.predictions))}
      />
      {delay !== null && (
        <Tile
          name={tiles.delay}
          value={milliseconds(delay.p50 * 1000)}
          note={tiles.delayNote(milliseconds(delay.p95 * 1000))}
        />
      )}
      <Tile
        name={tiles.live}
        value={number(roc_auc?.value, 4)}
        note={interval(roc_auc)}
        tone={quality.alerts.live.includes('roc_auc') ? 'bad' : 'neutral'}
      />
      <Tile
        name={tiles.estimated}
        value={number(estimated_roc_auc?.value, 4)}
        {...(estimated_roc_auc !== null &&
          estimated_roc_auc.low !== null && { note: interval(estimated_roc_auc) })}
        tone={quality.alerts.estimated.includes('roc_auc') ? 'bad' : 'neutral'}
      />
      {quality.log_loss !== null && (
        <Tile name={tiles.logLoss} value={number(quality.log_loss, 3)} />
      )}
      {quality.brier !== null && <Tile name={tiles.brier} value={number(quality.brier, 3)} />}
    </Tiles>
  );
}

function Metrics({ quality }: { readonly quality: Quality }): ReactElement {
  const texts = useTexts(QUALITY_TEXTS);
  const { number } = useFormats();
  const shown = (of: Interval | null): string => {
    if (of === null) return UNKNOWN;
    const value = number(of.value, 3);
    if (of.low === null || of.high === null) return value;
    return `${value} (${texts.tiles.interval(number(of.low, 3), number(of.high, 3))})`;
  };
  const outside = ({ alerts }: MetricRow): string => {
    const named = [
      ...(alerts.live ? [texts.alerts.live] : []),
      ...(alerts.estimated ? [texts.alerts.estimated] : []),
    ];
    return named.length === 0 ? texts.alerts.none : `▲ ${named.join(', ')}`;
  };
  return (
    <DataTable
      caption={texts.metrics}
      columns={[
        { header: texts.metric },
        { header: texts.live, numeric: true },
        { header: texts.estimated, numeric: true },
        { header: texts.expected, numeric: true },
        { header: texts.alert },
      ]}
      rows={metricRows(quality).map((row) => [
        texts.names[row.metric],
        shown(row.live),
        shown(row.estimated),
        row.expected === null
          ? UNKNOWN
          : texts.tiles.interval(number(row.expected.low, 3), number(row.expected.high, 3)),
        outside(row),
      ])}
    />
  );
}
