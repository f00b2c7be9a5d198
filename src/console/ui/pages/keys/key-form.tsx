// A new key: what it may do, until when; and then the key itself, this once.
import { useMutation } from '@tanstack/react-query';
import { useId, type ReactElement } from 'react';
import { answerOf, api, type Schemas } from '../../api/client.ts';
import { ProblemError } from '../../api/problem.ts';
import type { Scope } from '../../api/scopes.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { FormFailure, FormField, useFocusOnError } from '../../components/form-field.tsx';
import { textOf } from '../../components/form-text.ts';
import { useTexts } from '../../shell/texts.ts';
import { KEYS_TEXTS } from './keys-texts.ts';

const FIELDS = ['name', 'scopes', 'expires_at'];

interface KeyFormProps {
  /** Those one has. */
  readonly scopes: readonly Scope[];
  readonly onCreated: () => void;
  readonly onClose: () => void;
}

export function KeyForm({ scopes, onCreated, onClose }: KeyFormProps): ReactElement {
  const texts = useTexts(KEYS_TEXTS);
  const create = useMutation({
    mutationFn: (form: FormData) =>
      answerOf(
        api.POST('/api-keys', {
          body: {
            name: textOf(form, 'name'),
            scopes: scopes.filter((scope) => form.getAll('scopes').includes(scope)),
            expires_at: expiryOf(textOf(form, 'expires_at')),
          },
        }),
      ),
    // Nothing but this dialog holds it, and not for longer than it is open.
    gcTime: 0,
    onSuccess: onCreated,
  });
  const { error } = create;
  const form = useFocusOnError(error);
  if (create.isSuccess) return <CreatedKey created={create.data} onClose={onClose} />;
  return (
    <Dialog title={texts.create} onClose={onClose}>
      <form
        ref={form}
        className="fields"
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate(new FormData(event.currentTarget));
        }}
      >
        <FormField label={texts.name} name="name" help={texts.nameHelp} error={error}>
          {(control) => (
            <input {...control} autoComplete="off" maxLength={100} required data-focus />
          )}
        </FormField>
        <Scopes scopes={scopes} error={error} />
        <FormField label={texts.expires} name="expires_at" help={texts.expiresHelp} error={error}>
          {(control) => <input {...control} type="datetime-local" />}
        </FormField>
        <FormFailure error={error} fields={FIELDS} />
        <div className="toolbar">
          <button type="submit" className="primary" disabled={create.isPending}>
            {texts.save}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

/** The control tells the reader's own time of day. */
const expiryOf = (local: string): string | null =>
  local === '' ? null : new Date(local).toISOString();

function Scopes({
  scopes,
  error,
}: {
  readonly scopes: readonly Scope[];
  readonly error: unknown;
}): ReactElement {
  const texts = useTexts(KEYS_TEXTS);
  const errorId = useId();
  const told = error instanceof ProblemError ? (error.problem.errors ?? []) : [];
  const wrong = told.filter(({ field }) => field.startsWith('scopes'));
  return (
    <fieldset className="scopes" aria-describedby={errorId}>
      <legend>{texts.scopes}</legend>
      {scopes.map((scope, at) => (
        <label key={scope}>
          <input
            type="checkbox"
            name="scopes"
            value={scope}
            defaultChecked={at === 0}
            aria-invalid={wrong.length > 0}
          />
          <span>{texts.scopeNames[scope]}</span>
        </label>
      ))}
      <span className="scopes-error" id={errorId}>
        {wrong.map(({ expected }) => expected).join('; ')}
      </span>
    </fieldset>
  );
}

interface CreatedKeyProps {
  readonly created: Schemas['CreatedApiKeyResponse'];
  readonly onClose: () => void;
}

function CreatedKey({ created: { name, key }, onClose }: CreatedKeyProps): ReactElement {
  const texts = useTexts(KEYS_TEXTS);
  const id = useId();
  return (
    <Dialog title={texts.createdTitle} onClose={onClose}>
      <p role="alert">
        <strong>{texts.onlyNow}</strong>
      </p>
      <div className="field">
        <label htmlFor={id}>{texts.key(name)}</label>
        <input
          id={id}
          className="secret"
          readOnly
          value={key}
          data-focus
          onFocus={({ target }) => {
            target.select();
          }}
        />
      </div>
      <div className="toolbar secret-tools">
        <CopyButton label={texts.copy} text={() => key} />
        <button type="button" className="end" onClick={onClose}>
          {texts.done}
        </button>
      </div>
    </Dialog>
  );
}
