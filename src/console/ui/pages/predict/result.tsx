// The answer of one prediction: what it is, how sure, by which version, under which id.
import { useEffect, useRef, type ReactElement } from 'react';
import { Badge } from '../../components/badge.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { useFormats } from '../../shell/formats.ts';
import { useTexts } from '../../shell/texts.ts';
import { Feedback } from './feedback.tsx';
import { Meter } from './meter.tsx';
import { PREDICT_TEXTS } from './predict-texts.ts';
import { Reasons } from './reasons.tsx';
import type { ShownAnswer } from './use-prediction.ts';

interface ResultProps {
  readonly answer: ShownAnswer;
  readonly arrivals: number;
  readonly nameOf: (feature: string) => string;
}

export function Result({ answer, arrivals, nameOf }: ResultProps): ReactElement {
  const { result } = useTexts(PREDICT_TEXTS);
  const { prediction, labels } = answer;
  const heading = useFocusOnArrival(arrivals);
  const { label, probability, threshold, warnings, explanation } = prediction;
  return (
    <section className="card" aria-labelledby="answer-heading">
      <h2 id="answer-heading" ref={heading} tabIndex={-1}>
        {result.title}:{' '}
        <Badge tone={label === labels.positive ? 'accent' : 'neutral'}>{label}</Badge>
      </h2>
      <Meter probability={probability} threshold={threshold} positiveLabel={labels.positive} />
      {warnings.length > 0 && (
        <p className="answer-warning">
          <Badge tone="warn">
            {result.warnings(warnings.map(({ feature }) => nameOf(feature)).join(', '))}
          </Badge>
        </p>
      )}
      <Reasons explanation={explanation} positiveLabel={labels.positive} nameOf={nameOf} />
      <Feedback key={prediction.id} prediction={prediction} labels={labels} />
      <Particulars answer={answer} />
    </section>
  );
}

function Particulars({ answer }: Pick<ResultProps, 'answer'>): ReactElement {
  const { result } = useTexts(PREDICT_TEXTS);
  const { milliseconds } = useFormats();
  const { id, model } = answer.prediction;
  return (
    <dl className="particulars">
      <dt>{result.model}</dt>
      <dd>
        {model.name} {model.version}
      </dd>
      <dt>{result.id}</dt>
      <dd>
        <code>{id}</code> <CopyButton label={result.copyId} text={() => id} />
      </dd>
      <dt>{result.time}</dt>
      <dd>
        {milliseconds(answer.milliseconds)} <span className="muted">({result.timeHelp})</span>
      </dd>
      {answer.requestId !== null && (
        <>
          <dt>{result.request}</dt>
          <dd>
            <code>{answer.requestId}</code> <span className="muted">({result.requestHelp})</span>
          </dd>
        </>
      )}
    </dl>
  );
}

/** A new answer is read out and scrolled to; one that was there when the page opened is not. */
function useFocusOnArrival(arrivals: number): React.RefObject<HTMLHeadingElement | null> {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (arrivals > 0) heading.current?.focus();
  }, [arrivals]);
  return heading;
}
