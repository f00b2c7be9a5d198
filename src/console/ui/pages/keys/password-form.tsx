// One's own password.
import { useMutation } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import { sessionState } from '../../api/session.ts';
import { FormFailure, FormField, useFocusOnError } from '../../components/form-field.tsx';
import { textOf } from '../../components/form-text.ts';
import { useTexts } from '../../shell/texts.ts';
import { changePassword } from './change-password.ts';
import { KEYS_TEXTS } from './keys-texts.ts';

const FIELDS = ['current_password', 'new_password'];
const PASSWORD = { type: 'password', required: true } as const;

export function PasswordForm(): ReactElement {
  const texts = useTexts(KEYS_TEXTS).password;
  const [differs, setDiffers] = useState(false);
  const change = useMutation({
    mutationFn: (form: FormData) =>
      changePassword(textOf(form, 'current_password'), textOf(form, 'new_password')),
  });
  const { error } = change;
  const form = useFocusOnError(error);
  return (
    <section className="card" aria-labelledby="own-password">
      <h2 id="own-password">{texts.title}</h2>
      <p>{texts.note}</p>
      <form
        ref={form}
        className="fields"
        onSubmit={(event) => {
          event.preventDefault();
          const sent = new FormData(event.currentTarget);
          const isSame = textOf(sent, 'new_password') === textOf(sent, 'again');
          setDiffers(!isSame);
          if (isSame) change.mutate(sent);
        }}
      >
        {/* For password managers: whose password it is. */}
        <input
          autoComplete="username"
          value={sessionState().user?.username ?? ''}
          readOnly
          hidden
        />
        <FormField label={texts.current} name="current_password" error={error}>
          {(control) => <input {...control} {...PASSWORD} autoComplete="current-password" />}
        </FormField>
        <FormField label={texts.next} name="new_password" help={texts.nextHelp} error={error}>
          {(control) => <input {...control} {...PASSWORD} autoComplete="new-password" />}
        </FormField>
        <FormField label={texts.again} name="again" error={null}>
          {(control) => (
            <input {...control} {...PASSWORD} autoComplete="new-password" aria-invalid={differs} />
          )}
        </FormField>
        <p role="alert" className="form-error">
          {differs && texts.differs}
        </p>
        <FormFailure error={error} fields={FIELDS} />
        <div className="toolbar">
          <button type="submit" className="primary" disabled={change.isPending}>
            {texts.save}
          </button>
        </div>
      </form>
    </section>
  );
}
