// The request of the form, to be copied into a program.
import { useState, type ReactElement } from 'react';
import { addressOf } from '../../api/client.ts';
import { Choice } from '../../components/choice.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { useTexts } from '../../shell/texts.ts';
import { PREDICT_TEXTS } from './predict-texts.ts';
import { SNIPPET_LANGUAGES, snippetOf, TOKEN_VARIABLE, type SnippetLanguage } from './snippets.ts';
import type { RowForm } from './use-row-form.ts';

export function Code({ form }: { readonly form: RowForm }): ReactElement {
  const { code } = useTexts(PREDICT_TEXTS);
  const [language, setLanguage] = useState<SnippetLanguage>('curl');
  return (
    <section className="card">
      <h2>{code.title}</h2>
      <p className="muted">
        {code.lead} <code>{TOKEN_VARIABLE}</code>.
      </p>
      {form.canBeSent ? (
        <Snippet form={form} language={language} onLanguage={setLanguage} />
      ) : (
        <p>{code.incomplete}</p>
      )}
    </section>
  );
}

interface SnippetProps {
  readonly form: RowForm;
  readonly language: SnippetLanguage;
  readonly onLanguage: (language: SnippetLanguage) => void;
}

function Snippet({ form, language, onLanguage }: SnippetProps): ReactElement {
  const { code } = useTexts(PREDICT_TEXTS);
  const url = addressOf('/predict?explain=true').href;
  const text = snippetOf(language, { url, features: form.checked.row, key: form.key });
  return (
    <>
      <div className="toolbar">
        <Choice
          label={code.language}
          options={SNIPPET_LANGUAGES.map((value) => ({ value, text: code.languages[value] }))}
          value={language}
          onChange={onLanguage}
        />
        <CopyButton label={code.copy} text={() => text} />
      </div>
      <pre className="snippet" tabIndex={0} role="region" aria-label={code.languages[language]}>
        {text}
      </pre>
    </>
  );
}
