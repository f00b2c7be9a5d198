// A cost to be stated: any number from 0 on.
import { useId, type ReactElement } from 'react';
import { useTexts } from '../../shell/texts.ts';
import { costOf } from './cost-curve.ts';
import { MODELS_TEXTS } from './models-texts.ts';

interface CostFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

export function CostField({ label, value, onChange }: CostFieldProps): ReactElement {
  const texts = useTexts(MODELS_TEXTS).cost;
  const id = useId();
  const invalid = costOf(value) === null;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        inputMode="decimal"
        value={value}
        aria-invalid={invalid}
        aria-describedby={invalid ? `${id}-error` : undefined}
        onChange={({ target }) => {
          onChange(target.value);
        }}
      />
      {invalid && (
        <span id={`${id}-error`} className="error" role="alert">
          {texts.invalid}
        </span>
      )}
    </div>
  );
}
