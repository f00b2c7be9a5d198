// Predict: the form of the served model, its answer with reasons, and what would change it.
import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { servedModel } from '../../api/served-model.ts';
import { Asked, Empty } from '../../components/states.tsx';
import { useTexts } from '../../shell/texts.ts';
import { isProblem } from './ask.ts';
import { Code } from './code.tsx';
import { nameOf, type ModelInfo } from './features.ts';
import { History } from './history.tsx';
import { ModelChange } from './model-change.tsx';
import { NearestChange } from './nearest-change.tsx';
import { PREDICT_TEXTS } from './predict-texts.ts';
import { PredictionForm } from './prediction-form.tsx';
import { Result } from './result.tsx';
import { usePrediction } from './use-prediction.ts';
import { useRowForm } from './use-row-form.ts';
import { WhatIf } from './what-if.tsx';
import './predict.css';

/** While there is no model, and to notice a promotion while the form is filled. */
const ASK_AGAIN_MS = 15_000;

export default function PredictPage(): ReactElement {
  const texts = useTexts(PREDICT_TEXTS);
  const query = useQuery({
    ...servedModel,
    retry: (failures, error) => failures < 5 && !isProblem(error, 'MODEL_NOT_READY'),
    refetchInterval: ASK_AGAIN_MS,
  });
  return (
    <>
      <h1>{texts.title}</h1>
      {query.data === undefined && isProblem(query.error, 'MODEL_NOT_READY') ? (
        <Empty>{texts.empty}</Empty>
      ) : (
        <Asked query={query}>{(info) => <Predict info={info} />}</Asked>
      )}
    </>
  );
}

function Predict({ info }: { readonly info: ModelInfo }): ReactElement {
  const texts = useTexts(PREDICT_TEXTS);
  const form = useRowForm(info.features);
  const { pending, error, answers, arrivals, send } = usePrediction(info, form);
  const [latest] = answers;
  const names = new Map(info.features.map((feature) => [feature.name, nameOf(feature)]));
  return (
    <>
      <p className="muted">{texts.model(info.name, info.version)}</p>
      <ModelChange info={info} />
      <div className="predict">
        <PredictionForm form={form} pending={pending} error={error} onSubmit={send} />
        <div>
          {latest === undefined ? (
            <Empty>{texts.result.none}</Empty>
          ) : (
            <Result
              answer={latest}
              arrivals={arrivals}
              nameOf={(feature) => names.get(feature) ?? feature}
            />
          )}
        </div>
      </div>
      {latest !== undefined && (
        <div className="grid">
          <WhatIf info={info} answer={latest} onApply={form.fill} />
          <NearestChange
            key={latest.prediction.id}
            row={latest.row}
            features={info.features}
            onApply={form.fill}
          />
        </div>
      )}
      <History answers={answers} onRow={form.fillRow} />
      <Code form={form} />
    </>
  );
}
