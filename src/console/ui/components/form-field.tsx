// A control of a form with its label, its help and what the server found wrong with it, all tied together for a screen reader.
import { useEffect, useId, useRef, type ReactElement, type ReactNode, type RefObject } from 'react';
import { ProblemError } from '../api/problem.ts';
import { Failure } from './states.tsx';
import './form-field.css';

export interface ControlProps {
  readonly id: string;
  readonly name: string;
  readonly 'aria-describedby': string;
  readonly 'aria-invalid': boolean;
}

interface FormFieldProps {
  readonly label: string;
  /** As the API calls the field. */
  readonly name: string;
  readonly help?: ReactNode;
  /** Of the whole form, as it was thrown. */
  readonly error: unknown;
  readonly children: (control: ControlProps) => ReactNode;
}

export function FormField({ label, name, help, error, children }: FormFieldProps): ReactElement {
  const id = useId();
  const told = errorsOf(error).filter(({ field }) => field.split('.', 1)[0] === name);
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({
        id,
        name,
        'aria-describedby': `${id}-help ${id}-error`,
        'aria-invalid': told.length > 0,
      })}
      <span className="help" id={`${id}-help`}>
        {help}
      </span>
      <span className="error" id={`${id}-error`}>
        {told.map(({ expected }) => expected).join('; ')}
      </span>
    </div>
  );
}

/** What is wrong and has no place beside a field of the form. */
export const FormFailure = ({
  error,
  fields,
}: {
  readonly error: unknown;
  readonly fields: readonly string[];
}): ReactElement | null => {
  const errors = errorsOf(error);
  const areBeside =
    errors.length > 0 && errors.every(({ field }) => fields.includes(field.split('.', 1)[0] ?? ''));
  return error === null || areBeside ? null : <Failure error={error} />;
};

/** A form whose first wrong field gets the focus when the server has refused it. */
export function useFocusOnError(error: unknown): RefObject<HTMLFormElement | null> {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (error !== null) form.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus();
  }, [error]);
  return form;
}

const errorsOf = (
  error: unknown,
): readonly { readonly field: string; readonly expected: string }[] =>
  error instanceof ProblemError ? (error.problem.errors ?? []) : [];
