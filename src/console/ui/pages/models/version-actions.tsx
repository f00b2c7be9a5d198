// What an operator may do to what is served: look at the registry, go back.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import { answerOf, api } from '../../api/client.ts';
import { Failure } from '../../components/states.tsx';
import { useTexts } from '../../shell/texts.ts';
import { MODELS_TEXTS } from './models-texts.ts';
import { RollbackDialog } from './rollback-dialog.tsx';

export function VersionActions({ name }: { readonly name: string }): ReactElement {
  const texts = useTexts(MODELS_TEXTS).versions;
  const queries = useQueryClient();
  const [rollsBack, setRollsBack] = useState(false);
  const { mutate, data, error, isPending } = useMutation({
    mutationFn: () => answerOf(api.POST('/models/reload')),
    onSettled: () => queries.invalidateQueries(),
  });
  return (
    <>
      <button
        type="button"
        onClick={() => {
          setRollsBack(true);
        }}
      >
        {texts.rollBack}
      </button>
      <button
        type="button"
        disabled={isPending}
        onClick={() => {
          mutate();
        }}
      >
        {texts.reload}
      </button>
      <span role="status">
        {data !== undefined && texts.reloaded(data.model.version, data.changed)}
      </span>
      {error !== null && <Failure error={error} />}
      {rollsBack && (
        <RollbackDialog
          name={name}
          onClose={() => {
            setRollsBack(false);
          }}
        />
      )}
    </>
  );
}
