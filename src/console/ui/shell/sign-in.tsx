// The sign-in. The address stays what it was, so that a link, or an ended session, leads where it meant to.
import { useEffect, useState, type ReactElement } from 'react';
import { signIn } from '../api/session.ts';
import { textOf } from '../components/form-text.ts';
import { Failure } from '../components/states.tsx';
import { Settings } from './navigation.tsx';
import { SHELL_TEXTS } from './shell-texts.ts';
import { useTexts } from './texts.ts';

export function SignIn({ expired }: { readonly expired: boolean }): ReactElement {
  const { signIn: texts } = useTexts(SHELL_TEXTS);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    document.title = `${texts.title} · Foretell`;
  }, [texts]);
  const submit = async (form: FormData): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await signIn(textOf(form, 'username'), textOf(form, 'password'));
    } catch (thrown) {
      setError(thrown);
      setBusy(false);
    }
  };
  return (
    <main className="sign-in" id="content">
      <h1>Foretell</h1>
      <p>{texts.lead}</p>
      {expired && <p role="status">{texts.expired}</p>}
      <form
        aria-label={texts.title}
        onSubmit={(event) => {
          event.preventDefault();
          void submit(new FormData(event.currentTarget));
        }}
      >
        <label>
          {texts.username}
          <input name="username" autoComplete="username" required autoFocus />
        </label>
        <label>
          {texts.password}
          <input name="password" type="password" autoComplete="current-password" required />
        </label>
        {error !== null && <Failure error={error} />}
        <button type="submit" className="primary" disabled={busy}>
          {texts.submit}
        </button>
      </form>
      <p className="muted">{texts.firstTime}</p>
      <div className="sign-in-settings">
        <Settings />
      </div>
    </main>
  );
}
