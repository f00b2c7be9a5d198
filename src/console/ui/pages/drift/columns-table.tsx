// The columns of the model beside the reference: sorted as the reader likes, the drifted ones alone on demand; a column's name shows its distributions.
import { useId, type ReactElement } from 'react';
import { useQueryValue } from '../../shell/location.ts';
import { useTexts } from '../../shell/texts.ts';
import { ColumnCells } from './column-cells.tsx';
import {
  DEFAULT_SORT,
  isDrifted,
  nextSort,
  sorted,
  sortingOf,
  type ColumnRow,
  type ColumnRows,
  type SortKey,
  type Sorting,
} from './drift-columns.ts';
import { DRIFT_TEXTS } from './drift-texts.ts';

type Header = { readonly text: string; readonly numeric?: boolean; readonly sort?: SortKey };

interface ColumnsTableProps {
  readonly rows: ColumnRows;
  readonly onPick: (column: string) => void;
}

export function ColumnsTable({ rows, onPick }: ColumnsTableProps): ReactElement {
  const texts = useTexts(DRIFT_TEXTS).columns;
  const [sort, setSort] = useQueryValue<string>('sort', DEFAULT_SORT);
  const [only, setOnly] = useQueryValue<string>('only', 'all');
  const sorting = sortingOf(sort);
  const ids = useId();
  const shown = (some: readonly ColumnRow[]): readonly ColumnRow[] =>
    only === 'drifted' ? some.filter(isDrifted) : some;
  const features = sorted(shown(rows.features), sorting);
  const predictions = shown(rows.predictions);
  return (
    <section className="card" aria-labelledby={`${ids}-title`}>
      <div className="toolbar">
        <h2 id={`${ids}-title`}>{texts.title}</h2>
        <label className="end">
          <input
            type="checkbox"
            checked={only === 'drifted'}
            onChange={({ target }) => {
              setOnly(target.checked ? 'drifted' : 'all');
            }}
          />{' '}
          {texts.onlyDrifted}
        </label>
      </div>
      <div className="table-scroll" role="region" aria-labelledby={`${ids}-caption`} tabIndex={0}>
        <table className="drift-columns">
          <caption id={`${ids}-caption`} className="visually-hidden">
            {texts.caption}
          </caption>
          <Head
            sorting={sorting}
            onSort={(key) => {
              setSort(nextSort(sorting, key));
            }}
          />
          <Body rows={features} onPick={onPick} />
          <Body rows={predictions} onPick={onPick} />
        </table>
      </div>
      {features.length + predictions.length === 0 && <p role="status">{texts.noneDrifted}</p>}
      <p className="muted">{texts.hint}</p>
    </section>
  );
}

const Body = ({
  rows,
  onPick,
}: {
  readonly rows: readonly ColumnRow[];
  readonly onPick: (column: string) => void;
}): ReactElement => (
  <tbody>
    {rows.map((row) => (
      <ColumnCells key={row.name} row={row} onPick={onPick} />
    ))}
  </tbody>
);

function Head({
  sorting,
  onSort,
}: {
  readonly sorting: Sorting;
  readonly onSort: (key: SortKey) => void;
}): ReactElement {
  const texts = useTexts(DRIFT_TEXTS).columns;
  const headers: readonly Header[] = [
    { text: texts.name, sort: 'name' },
    { text: texts.method },
    { text: texts.score, sort: 'score' },
    { text: texts.pValue, numeric: true },
    { text: texts.verdict, sort: 'verdict' },
    { text: texts.convention },
    { text: texts.rows, numeric: true, sort: 'rows' },
    { text: texts.missing, numeric: true, sort: 'missing' },
    { text: texts.weight, numeric: true, sort: 'weight' },
    { text: texts.past },
  ];
  return (
    <thead>
      <tr>
        {headers.map(({ text, numeric = false, sort }) => (
          <th
            key={text}
            scope="col"
            className={numeric ? 'numeric' : undefined}
            aria-sort={sort === undefined ? undefined : orderOf(sorting, sort)}
          >
            {sort === undefined ? (
              text
            ) : (
              <button
                type="button"
                className="quiet drift-sort"
                onClick={() => {
                  onSort(sort);
                }}
              >
                {text} <span aria-hidden="true">{MARKS[orderOf(sorting, sort)]}</span>
              </button>
            )}
          </th>
        ))}
      </tr>
    </thead>
  );
}

const MARKS = { ascending: '▲', descending: '▼', none: '↕' } as const;

function orderOf({ key, descending }: Sorting, of: SortKey): keyof typeof MARKS {
  if (key !== of) return 'none';
  return descending ? 'descending' : 'ascending';
}
