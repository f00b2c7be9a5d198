// One anomaly: what was found and by what, what came first, the predictions concerned; and that somebody has taken notice of it.
import type { ReactElement } from 'react';
import { Dialog } from '../../components/dialog.tsx';
import { Time } from '../../components/time.tsx';
import { useFormats } from '../../shell/formats.ts';
import { useTexts } from '../../shell/texts.ts';
import { Acknowledge } from './acknowledge.tsx';
import { AnomalyState } from './anomalies.tsx';
import { valueText } from './anomaly-value.ts';
import { Facts } from './facts.tsx';
import type { Anomaly } from './live-data.ts';
import { LIVE_TEXTS } from './live-texts.ts';
import { useLink } from './place.ts';

interface AnomalyDialogProps {
  /** undefined: it has left the window, or was never in it. */
  readonly anomaly: Anomaly | undefined;
  readonly onClose: () => void;
}

export function AnomalyDialog({ anomaly, onClose }: AnomalyDialogProps): ReactElement {
  const texts = useTexts(LIVE_TEXTS).anomalies;
  return (
    <Dialog
      title={anomaly === undefined ? texts.heading : texts.kinds[anomaly.kind]}
      onClose={onClose}
    >
      {anomaly === undefined ? <p>{texts.gone}</p> : <Details anomaly={anomaly} />}
    </Dialog>
  );
}

function Details({ anomaly }: { readonly anomaly: Anomaly }): ReactElement {
  const texts = useTexts(LIVE_TEXTS).anomalies;
  const formats = useFormats();
  const { evidence, model, first, feature } = anomaly;
  return (
    <>
      <Facts
        facts={[
          [texts.state, <AnomalyState key="state" anomaly={anomaly} />],
          [texts.began, <Time key="at" at={anomaly.at} />],
          [texts.ended, <Time key="ended" at={anomaly.ended_at} />],
          [texts.value, valueText(anomaly, anomaly.value, formats)],
          [texts.expected, valueText(anomaly, anomaly.expected, formats)],
          [texts.feature, feature],
          [texts.model, model.version === null ? model.name : `${model.name} ${model.version}`],
          [
            texts.evidence,
            texts.evidenceOf(
              evidence.method,
              formats.number(evidence.score, 3),
              formats.number(evidence.threshold, 3),
              formats.integer(evidence.rows),
            ),
          ],
          [texts.parts, partsText(evidence.parts, (value) => formats.number(value, 3))],
          [
            texts.first,
            first.id === anomaly.id ? (
              texts.itself
            ) : (
              <span key="first">
                {texts.firstOf(texts.kinds[first.kind])} <Time at={first.at} />
              </span>
            ),
          ],
        ]}
      />
      <Concerned ids={anomaly.prediction_ids} />
      <Acknowledge anomaly={anomaly} />
    </>
  );
}

const partsText = (
  parts: Readonly<Record<string, number>> | undefined,
  number: (value: number) => string,
): string | null =>
  parts === undefined
    ? null
    : Object.entries(parts)
        .map(([name, value]) => `${name} ${number(value)}`)
        .join(', ');

function Concerned({ ids }: { readonly ids: readonly string[] }): ReactElement {
  const texts = useTexts(LIVE_TEXTS).anomalies;
  const link = useLink();
  return (
    <>
      <h3>{texts.predictions}</h3>
      {ids.length === 0 ? (
        <p className="muted">{texts.noPredictions}</p>
      ) : (
        <ul className="live-ids">
          {ids.map((id) => (
            <li key={id}>
              <a className="live-open" href={link('prediction', id)}>
                <code>{id}</code>
              </a>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
