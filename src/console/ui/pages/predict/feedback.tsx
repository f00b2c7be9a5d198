// "Was it right?": tells the server the true label of a prediction, as often as one changes one's mind.
import { useMutation } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { Failure } from '../../components/states.tsx';
import { useTexts } from '../../shell/texts.ts';
import { tellLabel, type Prediction } from './ask.ts';
import { PREDICT_TEXTS } from './predict-texts.ts';
import type { Labels } from './use-prediction.ts';

interface FeedbackProps {
  readonly prediction: Prediction;
  readonly labels: Labels;
}

export function Feedback({ prediction, labels }: FeedbackProps): ReactElement {
  const { feedback } = useTexts(PREDICT_TEXTS);
  const telling = useMutation({
    mutationFn: (label: string) => tellLabel(prediction.id, label),
  });
  const answered = prediction.label;
  const other = answered === labels.positive ? labels.negative : labels.positive;
  return (
    <div className="feedback" role="group" aria-labelledby="feedback-heading">
      <h3 id="feedback-heading">{feedback.title}</h3>
      <div className="feedback-choices">
        {[answered, other].map((label) => (
          <button
            key={label}
            type="button"
            disabled={telling.isPending}
            aria-pressed={telling.isSuccess && telling.variables === label}
            onClick={() => {
              telling.mutate(label);
            }}
          >
            {label === answered ? feedback.yes(label) : feedback.no(label)}
          </button>
        ))}
      </div>
      <p role="status">{telling.isSuccess && feedback.outcomes[telling.data](telling.variables)}</p>
      {telling.error !== null && <Failure error={telling.error} />}
    </div>
  );
}
