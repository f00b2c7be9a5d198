// A verdict of drift in a word; too few rows are a state of their own.
import type { ReactElement } from 'react';
import { Badge, type Tone } from '../../components/badge.tsx';
import { useTexts } from '../../shell/texts.ts';
import type { Verdict } from './drift-data.ts';
import { DRIFT_TEXTS } from './drift-texts.ts';

const TONES: Readonly<Record<Verdict, Tone>> = {
  drift: 'bad',
  no_drift: 'good',
  insufficient_data: 'neutral',
};

export function VerdictBadge({ verdict }: { readonly verdict: Verdict }): ReactElement {
  const texts = useTexts(DRIFT_TEXTS);
  return <Badge tone={TONES[verdict]}>{texts.verdicts[verdict]}</Badge>;
}
