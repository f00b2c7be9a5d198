// Why somebody moves the champion: asked for once, kept in the history.
import { useId, type ReactElement, type RefObject } from 'react';
import { useTexts } from '../../shell/texts.ts';
import { MODELS_TEXTS } from './models-texts.ts';

interface ReasonFieldProps {
  readonly field: RefObject<HTMLInputElement | null>;
  readonly value: string;
  readonly missing: boolean;
  readonly onChange: (value: string) => void;
}

/** What the server takes. */
const LONGEST = 500;

export function ReasonField({ field, value, missing, onChange }: ReasonFieldProps): ReactElement {
  const texts = useTexts(MODELS_TEXTS).promote;
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{texts.reason}</label>
      <input
        id={id}
        ref={field}
        value={value}
        maxLength={LONGEST}
        required
        aria-invalid={missing}
        aria-describedby={`${id}-help${missing ? ` ${id}-error` : ''}`}
        onChange={({ target }) => {
          onChange(target.value);
        }}
      />
      <span id={`${id}-help`} className="help">
        {texts.reasonHelp}
      </span>
      {missing && (
        <span id={`${id}-error`} className="error">
          {texts.reasonMissing}
        </span>
      )}
    </div>
  );
}
