// One of a few: buttons side by side, as radio buttons to keyboard and screen reader.
import { useId, type ReactElement } from 'react';

interface ChoiceProps<T extends string> {
  readonly label: string;
  readonly options: readonly { readonly value: T; readonly text: string }[];
  readonly value: T;
  readonly onChange: (value: T) => void;
}

export function Choice<T extends string>({
  label,
  options,
  value,
  onChange,
}: ChoiceProps<T>): ReactElement {
  const name = useId();
  return (
    <fieldset className="choice">
      <legend className="visually-hidden">{label}</legend>
      {options.map((option) => (
        <label key={option.value}>
          <input
            type="radio"
            name={name}
            checked={option.value === value}
            onChange={() => {
              onChange(option.value);
            }}
          />
          <span>{option.text}</span>
        </label>
      ))}
    </fieldset>
  );
}
