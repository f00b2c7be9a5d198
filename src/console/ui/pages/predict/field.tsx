// One feature as a field: its name and unit, what it may be, and beside it what is wrong or unusual.
import { useId, type ReactElement } from 'react';
import { useFormats, type Formats } from '../../shell/formats.ts';
import { useTexts } from '../../shell/texts.ts';
import { nameOf, type Feature } from './features.ts';
import { PREDICT_TEXTS } from './predict-texts.ts';

type FormTexts = (typeof PREDICT_TEXTS)['en']['form'];

export interface FieldProps {
  readonly feature: Feature;
  readonly value: string;
  readonly error: string | undefined;
  readonly unusual: boolean;
  readonly explains: boolean;
  readonly onChange: (name: string, text: string) => void;
}

export function Field({
  feature,
  value,
  error,
  unusual,
  explains,
  onChange,
}: FieldProps): ReactElement {
  const texts = useTexts(PREDICT_TEXTS);
  const formats = useFormats();
  const id = useId();
  const { name, unit, description } = feature;
  const control = {
    id,
    name,
    value,
    'aria-invalid': error !== undefined,
    'aria-describedby': `${id}-help ${id}-message`,
    onChange: ({ target }: { readonly target: { readonly value: string } }) => {
      onChange(name, target.value);
    },
  };
  return (
    <div className="field">
      <label htmlFor={id}>
        {nameOf(feature)}
        {unit !== null && <span className="unit"> ({unit})</span>}
      </label>
      {feature.kind === 'categorical' ? (
        <Categories feature={feature} {...control} />
      ) : (
        <input type="text" inputMode="decimal" autoComplete="off" {...control} />
      )}
      <span className="help" id={`${id}-help`}>
        {description !== null && (
          <span className={explains ? 'meaning' : 'visually-hidden'}>{description}. </span>
        )}
        {hintOf(feature, texts.form, formats)}
      </span>
      <span id={`${id}-message`}>
        {error !== undefined && (
          <span className="error">
            <span aria-hidden="true">✕</span> {error}
          </span>
        )}
        {error === undefined && unusual && (
          <span className="warning">
            <span aria-hidden="true">▲</span> {texts.unusual}
          </span>
        )}
      </span>
    </div>
  );
}

type CategoriesProps = React.ComponentProps<'select'> & { readonly feature: Feature };

function Categories({ feature, ...control }: CategoriesProps): ReactElement {
  const { form } = useTexts(PREDICT_TEXTS);
  const categories = feature.categories ?? [];
  const isForeign =
    typeof control.value === 'string' &&
    control.value !== '' &&
    !categories.includes(control.value);
  return (
    <select {...control}>
      <option value="">{feature.nullable ? form.unknown : form.choose}</option>
      {/* Of the model before: it is shown, and refused, rather than lost. */}
      {isForeign && <option value={control.value}>{control.value}</option>}
      {categories.map((category) => (
        <option key={category} value={category}>
          {category}
        </option>
      ))}
    </select>
  );
}

function hintOf(feature: Feature, texts: FormTexts, { number }: Formats): string {
  const { min, max, mode, nullable, range } = feature;
  const low = range?.min ?? null;
  const high = range?.max ?? null;
  const allowed =
    low !== null && high !== null
      ? texts.between(number(low), number(high))
      : low !== null
        ? texts.from(number(low))
        : high !== null
          ? texts.upTo(number(high))
          : null;
  return [
    min !== null && max !== null && texts.seen(number(min), number(max)),
    mode !== null && texts.usual(mode),
    allowed,
    nullable && texts.mayBeEmpty,
  ]
    .filter((part) => typeof part === 'string')
    .join(' · ');
}
