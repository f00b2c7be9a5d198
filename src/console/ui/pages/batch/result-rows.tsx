// The rows of a batch, a page at a time: all, the positive ones, the refused ones.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import type { Schemas } from '../../api/client.ts';
import { Choice } from '../../components/choice.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { Asked, Empty } from '../../components/states.tsx';
import { useFormats } from '../../shell/formats.ts';
import { useQueryValue } from '../../shell/location.ts';
import { useTexts } from '../../shell/texts.ts';
import { ROW_FILTERS, type RowFilter } from './batch-results.ts';
import type { BatchRun, RunSnapshot } from './batch-run.ts';
import { BATCH_TEXTS } from './batch-texts.ts';
import { useRowCells } from './row-cells.tsx';

const PAGE_ROWS = 50;

interface ResultRowsProps {
  readonly run: BatchRun;
  readonly snapshot: RunSnapshot;
  readonly model: Schemas['ModelInfoResponse'];
}

export function ResultRows({ run, snapshot, model }: ResultRowsProps): ReactElement {
  const texts = useTexts(BATCH_TEXTS).results;
  const [asked, setFilter] = useQueryValue<RowFilter>('rows', 'all');
  const filter = ROW_FILTERS.find((each) => each === asked) ?? 'all';
  const [page, setPage] = useState(0);
  const cellsOf = useRowCells(model);
  const matching = run.results.matching(filter);
  const first = page * PAGE_ROWS;
  const shown = Math.min(PAGE_ROWS, Math.max(0, matching - first));
  const query = useQuery({
    // A page that is full stays as it is while the batch goes on.
    queryKey: ['batch-rows', run.id, filter, first, shown, snapshot.counts.rows > 0],
    queryFn: () => run.results.page(filter, first, PAGE_ROWS),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    gcTime: 0,
  });
  return (
    <>
      <div className="toolbar">
        <Choice
          label={texts.show}
          options={ROW_FILTERS.map((value) => ({ value, text: texts.filters[value] }))}
          value={filter}
          onChange={(value) => {
            setFilter(value);
            setPage(0);
          }}
        />
        <Pages first={first} shown={shown} matching={matching} page={page} onPage={setPage} />
      </div>
      {matching === 0 ? (
        <Empty>{texts.none}</Empty>
      ) : (
        <Asked query={query}>
          {(rows) => (
            <DataTable
              caption={texts.table}
              hidesCaption
              columns={[
                { header: texts.index },
                { header: texts.result },
                { header: texts.probability, numeric: true },
                { header: texts.notes },
              ]}
              rows={rows.map(cellsOf)}
            />
          )}
        </Asked>
      )}
    </>
  );
}

interface PagesProps {
  readonly first: number;
  readonly shown: number;
  readonly matching: number;
  readonly page: number;
  readonly onPage: (page: number) => void;
}

function Pages({ first, shown, matching, page, onPage }: PagesProps): ReactElement {
  const texts = useTexts(BATCH_TEXTS).results;
  const { integer } = useFormats();
  return (
    <span className="end pages">
      <button
        type="button"
        aria-label={texts.previous}
        disabled={page === 0}
        onClick={() => {
          onPage(page - 1);
        }}
      >
        <span aria-hidden="true">←</span>
      </button>
      <span role="status">
        {texts.range(
          integer(shown === 0 ? 0 : first + 1),
          integer(first + shown),
          integer(matching),
        )}
      </span>
      <button
        type="button"
        aria-label={texts.next}
        disabled={first + shown >= matching}
        onClick={() => {
          onPage(page + 1);
        }}
      >
        <span aria-hidden="true">→</span>
      </button>
    </span>
  );
}
