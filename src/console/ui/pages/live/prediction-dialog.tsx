// One stored prediction: the answer, the row, why, what was true, and where the model came from.
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import { answerOf, api, type Schemas } from '../../api/client.ts';
import { ProblemError } from '../../api/problem.ts';
import { Badge } from '../../components/badge.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Asked } from '../../components/states.tsx';
import { Time } from '../../components/time.tsx';
import { useFormats } from '../../shell/formats.ts';
import { useTexts } from '../../shell/texts.ts';
import { Facts } from './facts.tsx';
import { LIVE_TEXTS } from './live-texts.ts';

type Prediction = Schemas['LoggedPredictionResponse'];
type Label = Schemas['LabelResponse'];

interface PredictionDialogProps {
  readonly id: string;
  readonly onClose: () => void;
}

export function PredictionDialog({ id, onClose }: PredictionDialogProps): ReactElement {
  const texts = useTexts(LIVE_TEXTS).prediction;
  const path = { id };
  const prediction = useQuery({
    queryKey: ['prediction', id],
    queryFn: () => answerOf(api.GET('/predictions/{id}', { params: { path } })),
  });
  return (
    <Dialog title={texts.title} onClose={onClose}>
      <Asked query={prediction}>
        {(data) => (
          <>
            <Answer prediction={data} />
            <TrueLabel id={id} />
            <Features prediction={data} />
            <Reasons explanation={data.explanation} />
            <Origin id={id} />
          </>
        )}
      </Asked>
    </Dialog>
  );
}

function Answer({ prediction }: { readonly prediction: Prediction }): ReactElement {
  const texts = useTexts(LIVE_TEXTS).prediction;
  const { percent, number, milliseconds, bytes } = useFormats();
  const { model, warnings, label, probability, threshold } = prediction;
  return (
    <Facts
      facts={[
        [texts.label, label],
        [texts.probability, percent(probability, 2)],
        [texts.threshold, number(threshold)],
        [texts.model, `${model.name} ${model.version}`],
        [texts.at, <Time key="at" at={prediction.created_at} />],
        [texts.key, prediction.key],
        [texts.id, <code key="id">{prediction.id}</code>],
        [texts.duration, milliseconds(prediction.duration_ms)],
        [texts.cpu, percent(prediction.cpu_percent / 100)],
        [texts.memory, bytes(prediction.memory_bytes)],
        [texts.credential, <code key="credential">{prediction.credential}</code>],
        [texts.block, prediction.block === null ? null : <code key="b">{prediction.block}</code>],
        [texts.warnings, warnings.map(({ feature }) => feature).join(', ')],
      ]}
    />
  );
}

/** Asked for on demand: most predictions have none, which browsers report as a failed request. */
function TrueLabel({ id }: { readonly id: string }): ReactElement {
  const texts = useTexts(LIVE_TEXTS).prediction;
  const [asked, setAsked] = useState(false);
  return (
    <>
      <h3>{texts.trueLabel}</h3>
      {!asked && (
        <button
          type="button"
          onClick={() => {
            setAsked(true);
          }}
        >
          {texts.askLabel}
        </button>
      )}
      <div role="status">{asked && <ToldLabel id={id} />}</div>
    </>
  );
}

function ToldLabel({ id }: { readonly id: string }): ReactElement {
  const texts = useTexts(LIVE_TEXTS).prediction;
  const label = useQuery({ queryKey: ['feedback', id], queryFn: () => labelOf(id) });
  return (
    <Asked query={label}>
      {(data) =>
        data === null ? (
          <p className="muted">{texts.noLabel}</p>
        ) : (
          <p>
            {texts.labelAt(data.label)} <Time at={data.received_at} />
          </p>
        )
      }
    </Asked>
  );
}

/** null: none has come. */
async function labelOf(id: string): Promise<Label | null> {
  const path = { prediction_id: id };
  try {
    return await answerOf(api.GET('/feedback/{prediction_id}', { params: { path } }));
  } catch (error) {
    if (error instanceof ProblemError && error.problem.status === 404) return null;
    throw error;
  }
}

function Features({ prediction }: { readonly prediction: Prediction }): ReactElement {
  const texts = useTexts(LIVE_TEXTS).prediction;
  const { number } = useFormats();
  const warned = new Set(prediction.warnings.map(({ feature }) => feature));
  const textOf = (value: unknown): string =>
    typeof value === 'number'
      ? number(value, 6)
      : typeof value === 'string'
        ? value
        : texts.missing;
  return (
    <DataTable
      caption={texts.features}
      columns={[{ header: texts.feature }, { header: texts.value, numeric: true }]}
      rows={Object.entries(prediction.features).map(([name, value]) => [
        name,
        warned.has(name) ? <Badge tone="warn">{textOf(value)}</Badge> : textOf(value),
      ])}
    />
  );
}

function Reasons({
  explanation,
}: {
  readonly explanation: Prediction['explanation'];
}): ReactElement {
  const texts = useTexts(LIVE_TEXTS).prediction;
  const { signed } = useFormats();
  if (explanation === null)
    return (
      <>
        <h3>{texts.reasons}</h3>
        <p className="muted">{texts.noReasons}</p>
      </>
    );
  const largestFirst = Object.entries(explanation.contributions).toSorted(
    ([, a], [, b]) => Math.abs(b) - Math.abs(a),
  );
  return (
    <DataTable
      caption={texts.reasons}
      columns={[{ header: texts.feature }, { header: texts.contribution, numeric: true }]}
      rows={largestFirst.map(([name, value]) => [name, signed(value)])}
    />
  );
}

function Origin({ id }: { readonly id: string }): ReactElement {
  const texts = useTexts(LIVE_TEXTS).prediction;
  const path = { id };
  const lineage = useQuery({
    queryKey: ['lineage', id],
    queryFn: () => answerOf(api.GET('/predictions/{id}/lineage', { params: { path } })),
  });
  const code = (text: string | null) => (text === null ? null : <code>{text}</code>);
  return (
    <>
      <h3>{texts.lineage}</h3>
      <Asked query={lineage}>
        {(data) => (
          <Facts
            facts={[
              [texts.servedAs, data.served_as],
              [
                texts.since,
                data.serving_since === null ? null : <Time key="at" at={data.serving_since} />,
              ],
              [texts.run, code(data.run_id)],
              [texts.onnx, code(data.onnx_sha256)],
              [texts.data, code(data.data_digest)],
              [texts.commit, code(data.git_commit)],
            ]}
          />
        )}
      </Asked>
    </>
  );
}
