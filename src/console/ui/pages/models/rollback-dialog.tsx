// Goes back to the champion before.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState, type ReactElement } from 'react';
import { answerOf, api } from '../../api/client.ts';
import { Dialog } from '../../components/dialog.tsx';
import { Failure } from '../../components/states.tsx';
import { UNKNOWN } from '../../shell/formats.ts';
import { useTexts } from '../../shell/texts.ts';
import { MODELS_TEXTS } from './models-texts.ts';
import { Outcome } from './outcome.tsx';
import { ReasonField } from './reason-field.tsx';

interface RollbackDialogProps {
  readonly name: string;
  readonly onClose: () => void;
}

export function RollbackDialog({ name, onClose }: RollbackDialogProps): ReactElement {
  const { rollback: texts, promote } = useTexts(MODELS_TEXTS);
  const queries = useQueryClient();
  const field = useRef<HTMLInputElement>(null);
  const [reason, setReason] = useState('');
  const [missing, setMissing] = useState(false);
  const { mutate, data, error, isPending } = useMutation({
    mutationFn: () =>
      answerOf(
        api.POST('/models/{name}/rollback', {
          params: { path: { name } },
          body: { reason: reason.trim() },
        }),
      ),
    onSettled: () => queries.invalidateQueries(),
  });
  return (
    <Dialog title={texts.title} onClose={onClose}>
      {data === undefined ? (
        <form
          className="model-form"
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            setMissing(reason.trim() === '');
            if (reason.trim() === '') field.current?.focus();
            else mutate();
          }}
        >
          <p>{texts.lead}</p>
          <ReasonField field={field} value={reason} missing={missing} onChange={setReason} />
          <button type="submit" className="primary" disabled={isPending}>
            {texts.submit}
          </button>
          {error !== null && <Failure error={error} />}
        </form>
      ) : (
        <Outcome
          tone={data.serving ? 'good' : 'warn'}
          text={
            data.serving
              ? texts.done(data.version, data.from_version ?? UNKNOWN)
              : `${promote.notServing(data.version)} ${data.serving_problem ?? ''}`
          }
        >
          <button type="button" onClick={onClose}>
            {promote.close}
          </button>
        </Outcome>
      )}
    </Dialog>
  );
}
