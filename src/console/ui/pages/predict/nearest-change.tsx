// What would have to change for the other label: asked for, listed, and put into the form.
import { useMutation } from '@tanstack/react-query';
import { useId, useState, type ReactElement } from 'react';
import { Failure } from '../../components/states.tsx';
import { useFormats } from '../../shell/formats.ts';
import { useTexts } from '../../shell/texts.ts';
import { nearestChange } from './ask.ts';
import { nameOf, rowOf, type Feature, type Row, type Value } from './features.ts';
import { PREDICT_TEXTS } from './predict-texts.ts';

interface NearestChangeProps {
  readonly row: Row;
  readonly features: readonly Feature[];
  readonly onApply: (values: Row) => void;
}

export function NearestChange({ row, features, onApply }: NearestChangeProps): ReactElement {
  const { change: texts } = useTexts(PREDICT_TEXTS);
  const [mutable, setMutable] = useState('');
  const id = useId();
  const asking = useMutation({
    mutationFn: () => nearestChange(row, mutable === '' ? null : mutable),
  });
  return (
    <section className="card">
      <h2>{texts.title}</h2>
      <p className="muted">{texts.lead}</p>
      <div className="toolbar">
        <label htmlFor={id}>{texts.only}</label>
        <select
          id={id}
          value={mutable}
          onChange={({ target }) => {
            setMutable(target.value);
            asking.reset();
          }}
        >
          <option value="">{texts.any}</option>
          {features.map((feature) => (
            <option key={feature.name} value={feature.name}>
              {nameOf(feature)}
            </option>
          ))}
        </select>
        <button
          type="button"
          disabled={asking.isPending}
          onClick={() => {
            asking.mutate();
          }}
        >
          {asking.isPending && <span className="spinner" aria-hidden="true" />} {texts.ask}
        </button>
      </div>
      {asking.error !== null && <Failure error={asking.error} />}
      <div role="status">
        {asking.isSuccess && <Found found={asking.data} features={features} onApply={onApply} />}
      </div>
    </section>
  );
}

interface FoundProps extends Pick<NearestChangeProps, 'features' | 'onApply'> {
  readonly found: Awaited<ReturnType<typeof nearestChange>>;
}

function Found({ found, features, onApply }: FoundProps): ReactElement {
  const { change: texts } = useTexts(PREDICT_TEXTS);
  const { number, integer, percent } = useFormats();
  const [applied, setApplied] = useState(false);
  const names = new Map(features.map((feature) => [feature.name, nameOf(feature)]));
  const written = (value: Value): string =>
    value === null ? texts.nothing : typeof value === 'number' ? number(value, 6) : value;
  if (found.change === null) return <p>{texts.none(found.target_label)}</p>;
  const { features: changed, label, probability, distance } = found.change;
  return (
    <>
      <p>{texts.found(label, percent(probability))}</p>
      <ul>
        {changed.map(({ feature, from, to }) => (
          <li key={feature}>
            <strong>{names.get(feature) ?? feature}</strong>{' '}
            {texts.fromTo(written(from), written(to))}
          </li>
        ))}
      </ul>
      <p className="muted">{texts.distance(number(distance, 3), integer(found.search.scored))}</p>
      <button
        type="button"
        onClick={() => {
          onApply(rowOf(changed.map(({ feature, to }) => [feature, to])));
          setApplied(true);
        }}
      >
        {texts.apply}
      </button>
      {applied && <p>{texts.applied}</p>}
    </>
  );
}
