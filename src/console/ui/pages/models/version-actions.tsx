// What an operator may do to what is served: look at the registry, go back.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Suspense, useState, type ReactElement } from 'react';
import { answerOf, api } from '../../api/client.ts';
import { Failure } from '../../components/states.tsx';
import { pageCode } from '../../shell/page-code.ts';
import { useTexts } from '../../shell/texts.ts';
import { MODELS_TEXTS } from './models-texts.ts';

const RollbackDialog = pageCode(async () => ({
  default: (await import('./rollback-dialog.tsx')).RollbackDialog,
}));

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
        <Suspense>
          <RollbackDialog
            name={name}
            onClose={() => {
              setRollsBack(false);
            }}
          />
        </Suspense>
      )}
    </>
  );
}
