// A metric with its interval and, beside others, whether it is the best.
import type { ReactElement } from 'react';
import { Badge } from '../../components/badge.tsx';
import { useFormats } from '../../shell/formats.ts';
import { useTexts } from '../../shell/texts.ts';
import { MODELS_TEXTS } from './models-texts.ts';

interface MetricValueProps {
  readonly value: number | null;
  readonly interval?:
    { readonly low: number; readonly high: number; readonly method: string } | undefined;
  readonly best?: boolean;
}

export function MetricValue({ value, interval, best = false }: MetricValueProps): ReactElement {
  const { gate, comparison } = useTexts(MODELS_TEXTS);
  const { number } = useFormats();
  return (
    <span className="model-metric">
      {best && <Badge tone="good">{comparison.best}</Badge>} {number(value)}
      {interval !== undefined && (
        <span className="muted" title={interval.method}>
          {gate.interval(number(interval.low, 3), number(interval.high, 3))}
        </span>
      )}
    </span>
  );
}
