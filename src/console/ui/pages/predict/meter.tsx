// The probability on a line from 0 to 1, with the threshold marked on it.
import type { ReactElement } from 'react';
import { useFormats } from '../../shell/formats.ts';
import { useTexts } from '../../shell/texts.ts';
import { PREDICT_TEXTS } from './predict-texts.ts';

interface MeterProps {
  readonly probability: number;
  readonly threshold: number;
  readonly positiveLabel: string;
}

export function Meter({ probability, threshold, positiveLabel }: MeterProps): ReactElement {
  const { result } = useTexts(PREDICT_TEXTS);
  const { percent } = useFormats();
  const summary = result.meter(percent(probability), percent(threshold), positiveLabel);
  return (
    <div className="meter">
      <div className="meter-line" role="img" aria-label={summary}>
        <div className="meter-bar" style={{ width: `${probability * 100}%` }} />
        <div className="meter-mark" style={{ left: `${threshold * 100}%` }} />
      </div>
      <p className="meter-words">
        <span>{result.probability(percent(probability), positiveLabel)}</span>
        <span className="muted">
          <span aria-hidden="true">│ </span>
          {result.threshold(percent(threshold), positiveLabel)}
        </span>
      </p>
    </div>
  );
}
