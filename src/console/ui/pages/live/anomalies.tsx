// What was out of the ordinary in the window: on one axis of time, as a table, and each in its details.
import { memo, useCallback, type ReactElement, type ReactNode } from 'react';
import { Badge } from '../../components/badge.tsx';
import { DataTable, type TableData } from '../../components/data-table.tsx';
import { Empty } from '../../components/states.tsx';
import { Time } from '../../components/time.tsx';
import { useFormats } from '../../shell/formats.ts';
import { goTo, usePlace } from '../../shell/location.ts';
import { useTexts } from '../../shell/texts.ts';
import { AnomalyChart } from './anomaly-chart.tsx';
import { valueText } from './anomaly-value.ts';
import type { Anomaly, LiveState } from './live-data.ts';
import { LIVE_TEXTS } from './live-texts.ts';
import { useLink } from './place.ts';

type AnomaliesProps = Pick<LiveState, 'anomalies' | 'window'>;

export const Anomalies = memo(function Anomalies({
  anomalies,
  window,
}: AnomaliesProps): ReactElement {
  const texts = useTexts(LIVE_TEXTS).anomalies;
  const formats = useFormats();
  const { path, query } = usePlace();
  const link = useLink();
  const open = useCallback(
    (id: string) => {
      goTo(path, { ...Object.fromEntries(query), anomaly: id });
    },
    [path, query],
  );
  const tableOf = useCallback(
    (details: boolean): TableData => ({
      columns: [
        { header: texts.kind },
        { header: texts.began },
        { header: texts.ended },
        { header: texts.state },
        { header: texts.value, numeric: true },
        { header: texts.expected, numeric: true },
        ...(details ? [{ header: texts.details }] : []),
      ],
      rows: anomalies.map((anomaly): readonly ReactNode[] => [
        anomaly.feature === null
          ? texts.kinds[anomaly.kind]
          : texts.ofFeature(texts.kinds[anomaly.kind], anomaly.feature),
        <Time key="at" at={anomaly.at} />,
        <Time key="ended" at={anomaly.ended_at} />,
        <AnomalyState key="state" anomaly={anomaly} />,
        valueText(anomaly, anomaly.value, formats),
        valueText(anomaly, anomaly.expected, formats),
        ...(details
          ? [
              <a
                key="details"
                className="live-open"
                href={link('anomaly', anomaly.id)}
                aria-label={texts.detailsOf(texts.kinds[anomaly.kind], formats.instant(anomaly.at))}
              >
                {texts.details}
              </a>,
            ]
          : []),
      ]),
    }),
    [anomalies, texts, formats, link],
  );
  const behindChart = useCallback(() => tableOf(false), [tableOf]);
  return (
    <section className="card" aria-labelledby="live-anomalies">
      <h2 id="live-anomalies">{texts.heading}</h2>
      {anomalies.length === 0 ? (
        <Empty>{texts.none}</Empty>
      ) : (
        <>
          <AnomalyChart anomalies={anomalies} window={window} table={behindChart} onPick={open} />
          <DataTable caption={texts.table} {...tableOf(true)} />
        </>
      )}
    </section>
  );
});

export function AnomalyState({ anomaly }: { readonly anomaly: Anomaly }): ReactElement {
  const texts = useTexts(LIVE_TEXTS).anomalies;
  return (
    <span className="live-badges">
      {anomaly.ongoing ? (
        <Badge tone="bad">{texts.ongoing}</Badge>
      ) : (
        <Badge tone="neutral">{texts.over}</Badge>
      )}
      {anomaly.acknowledged_at !== null && <Badge tone="good">{texts.acknowledged}</Badge>}
    </span>
  );
}
