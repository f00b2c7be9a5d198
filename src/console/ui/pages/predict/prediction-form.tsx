// The form of a row: made from the features of the served model, checked before it is sent, and by the server.
import { useEffect, useId, useRef, useState, type ReactElement } from 'react';
import { Failure } from '../../components/states.tsx';
import { useTexts } from '../../shell/texts.ts';
import { Examples } from './examples.tsx';
import { FieldGroups } from './field-groups.tsx';
import type { RowForm } from './use-row-form.ts';
import { PREDICT_TEXTS } from './predict-texts.ts';

/** So few fields explain themselves at once. */
const FEW = 8;

interface PredictionFormProps {
  readonly form: RowForm;
  readonly pending: boolean;
  /** What the server said that belongs to no field. */
  readonly error: unknown;
  readonly onSubmit: () => void;
}

export function PredictionForm({
  form,
  pending,
  error,
  onSubmit,
}: PredictionFormProps): ReactElement {
  const texts = useTexts(PREDICT_TEXTS);
  const [explains, setExplains] = useState(form.features.length <= FEW);
  const element = useFocusOnRefusal(form.refusals);
  const count = form.errors.size + (form.keyError === undefined ? 0 : 1);
  return (
    <form
      ref={element}
      className="card predict-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      <h2>{texts.form.title}</h2>
      <Examples onUsual={form.fillUsual} onClear={form.clear} onRow={form.fillRow} />
      <label className="explains">
        <input
          type="checkbox"
          checked={explains}
          onChange={({ target }) => {
            setExplains(target.checked);
          }}
        />{' '}
        {texts.form.explains}
      </label>
      <FieldGroups
        features={form.features}
        draft={form.draft}
        errors={form.errors}
        unusual={form.unusual}
        explains={explains}
        onChange={form.change}
      />
      <KeyField form={form} />
      <div className="send">
        <button type="submit" className="primary" disabled={pending}>
          {pending && <span className="spinner" aria-hidden="true" />} {texts.form.submit}
        </button>
        <p role="alert">{count > 0 && texts.form.issues(count)}</p>
      </div>
      {error !== null && <Failure error={error} />}
    </form>
  );
}

/** Every time something is refused, the first field that needs correcting has the focus. */
function useFocusOnRefusal(refusals: number): React.RefObject<HTMLFormElement | null> {
  const element = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (refusals === 0) return;
    element.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [refusals]);
  return element;
}

function KeyField({ form }: Pick<PredictionFormProps, 'form'>): ReactElement {
  const texts = useTexts(PREDICT_TEXTS);
  const id = useId();
  return (
    <div className="field key-field">
      <label htmlFor={id}>{texts.form.key}</label>
      <input
        id={id}
        name="key"
        autoComplete="off"
        value={form.key}
        aria-invalid={form.keyError !== undefined}
        aria-describedby={`${id}-help ${id}-error`}
        onChange={({ target }) => {
          form.changeKey(target.value);
        }}
      />
      <span className="help" id={`${id}-help`}>
        {texts.form.keyHelp}
      </span>
      <span className="error" id={`${id}-error`}>
        {form.keyError}
      </span>
    </div>
  );
}
