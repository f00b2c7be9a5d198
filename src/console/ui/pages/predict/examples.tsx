// Values to begin with: the usual ones, those of an earlier prediction, none.
import { useQuery } from '@tanstack/react-query';
import { useId, useState, type ReactElement } from 'react';
import { answerOf, api } from '../../api/client.ts';
import { useFormats } from '../../shell/formats.ts';
import { useTexts } from '../../shell/texts.ts';
import { useMay } from '../../shell/use-may.ts';
import type { Row } from './features.ts';
import { PREDICT_TEXTS } from './predict-texts.ts';
import { EARLIER } from './use-prediction.ts';

const LISTED = 10;

interface ExamplesProps {
  readonly onUsual: () => void;
  readonly onClear: () => void;
  readonly onRow: (row: Row) => void;
}

export function Examples({ onUsual, onClear, onRow }: ExamplesProps): ReactElement {
  const { form } = useTexts(PREDICT_TEXTS);
  const reads = useMay('read');
  return (
    <div className="toolbar">
      <button type="button" onClick={onUsual}>
        {form.example}
      </button>
      <button type="button" onClick={onClear}>
        {form.clear}
      </button>
      {reads && <Earlier onRow={onRow} />}
    </div>
  );
}

/** Of the prediction log, for the roles that may read it. */
function Earlier({ onRow }: Pick<ExamplesProps, 'onRow'>): ReactElement | null {
  const { form } = useTexts(PREDICT_TEXTS);
  const { instant, percent } = useFormats();
  const [chosen, setChosen] = useState('');
  const id = useId();
  const { data } = useQuery({
    queryKey: EARLIER,
    queryFn: () => answerOf(api.GET('/predictions', { params: { query: { limit: LISTED } } })),
  });
  if (data === undefined || data.items.length === 0) return null;
  const picked = data.items.find((item) => item.id === chosen);
  return (
    <span className="earlier">
      <label htmlFor={id} className="visually-hidden">
        {form.recent}
      </label>
      <select
        id={id}
        value={picked?.id ?? ''}
        onChange={({ target }) => {
          setChosen(target.value);
        }}
      >
        <option value="">{form.recent}…</option>
        {data.items.map(({ id: itemId, created_at, label, probability }) => (
          <option key={itemId} value={itemId}>
            {instant(created_at)} · {label} {percent(probability)}
          </option>
        ))}
      </select>
      <button
        type="button"
        disabled={picked === undefined}
        onClick={() => {
          if (picked !== undefined) onRow(picked.features as Row);
        }}
      >
        {form.load}
      </button>
    </span>
  );
}
