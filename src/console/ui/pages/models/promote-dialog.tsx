// Makes a version champion: asks why, shows what the gate says, and lets an operator overrule it.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState, type ReactElement } from 'react';
import { answerOf, api, type Schemas } from '../../api/client.ts';
import { ProblemError } from '../../api/problem.ts';
import { Dialog } from '../../components/dialog.tsx';
import { Failure } from '../../components/states.tsx';
import { useTexts } from '../../shell/texts.ts';
import { GateReport, type GateCheck } from './gate-report.tsx';
import { MODELS_TEXTS } from './models-texts.ts';
import { Outcome } from './outcome.tsx';
import { ReasonField } from './reason-field.tsx';

interface PromoteDialogProps {
  readonly name: string;
  readonly version: string;
  readonly onClose: () => void;
}

export function PromoteDialog({ name, version, onClose }: PromoteDialogProps): ReactElement {
  const texts = useTexts(MODELS_TEXTS).promote;
  const queries = useQueryClient();
  const field = useRef<HTMLInputElement>(null);
  const [reason, setReason] = useState('');
  const [missing, setMissing] = useState(false);
  const promotion = useMutation({
    mutationFn: (force: boolean) =>
      answerOf(
        api.POST('/models/{name}/promote', {
          params: { path: { name } },
          body: { version, force, reason: reason.trim() },
        }),
      ),
    // Another champion changes nearly everything that any page shows.
    onSettled: () => queries.invalidateQueries(),
  });
  const send = (force: boolean): void => {
    setMissing(reason.trim() === '');
    if (reason.trim() === '') field.current?.focus();
    else promotion.mutate(force);
  };
  const refused = refusalOf(promotion.error);
  return (
    <Dialog title={texts.title(version)} onClose={onClose}>
      {promotion.data === undefined ? (
        <form
          className="model-form"
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            send(false);
          }}
        >
          <p>{texts.lead(version)}</p>
          <ReasonField field={field} value={reason} missing={missing} onChange={setReason} />
          <div className="toolbar">
            <button type="submit" className="primary" disabled={promotion.isPending}>
              {texts.submit}
            </button>
            <span role="status">{promotion.isPending && texts.busy}</span>
          </div>
          {refused !== null && (
            <Outcome tone="bad" text={texts.refused(version)}>
              <GateReport checks={refused} />
              <p>{texts.forceNote}</p>
              <button
                type="button"
                className="danger"
                disabled={promotion.isPending}
                onClick={() => {
                  send(true);
                }}
              >
                {texts.force}
              </button>
            </Outcome>
          )}
          {promotion.error !== null && refused === null && <Failure error={promotion.error} />}
        </form>
      ) : (
        <Promoted answer={promotion.data} onClose={onClose} />
      )}
    </Dialog>
  );
}

function Promoted({
  answer,
  onClose,
}: {
  readonly answer: Schemas['PromotionResponse'];
  readonly onClose: () => void;
}): ReactElement {
  const texts = useTexts(MODELS_TEXTS).promote;
  const { version, forced, serving, serving_problem: problem, checks } = answer;
  const done = forced ? texts.doneForced(version) : texts.done(version);
  return (
    <Outcome
      tone={serving ? 'good' : 'warn'}
      text={serving ? done : `${texts.notServing(version)} ${problem ?? ''}`}
    >
      <GateReport checks={checks} />
      <button type="button" onClick={onClose}>
        {texts.close}
      </button>
    </Outcome>
  );
}

/** The checks of a gate that refused; null for another failure, or none. */
function refusalOf(error: unknown): readonly GateCheck[] | null {
  if (!(error instanceof ProblemError) || error.problem.code !== 'GATE_FAILED') return null;
  const checks: unknown = error.problem.report?.['checks'];
  return Array.isArray(checks) ? (checks as readonly GateCheck[]) : null;
}
