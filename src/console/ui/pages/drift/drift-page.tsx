// The page Drift: whether the rows that a model answers about are still those that it was trained on, and what that does to its answers.
import { useMemo, type ReactElement } from 'react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { answerOf, api } from '../../api/client.ts';
import { Empty, Failure, Loading } from '../../components/states.tsx';
import { linkTo, useQueryValue } from '../../shell/location.ts';
import { useTexts } from '../../shell/texts.ts';
import { ColumnsTable } from './columns-table.tsx';
import { DistributionDialog } from './distribution-dialog.tsx';
import type { Drift, Past } from './drift-data.ts';
import { columnRows } from './drift-columns.ts';
import { DRIFT_TEXTS } from './drift-texts.ts';
import { DriftToolbar } from './drift-toolbar.tsx';
import { DriftVerdict } from './drift-verdict.tsx';
import { FairnessCard } from './fairness-card.tsx';
import { HistoryCard } from './history-card.tsx';
import { MultivariateCard } from './multivariate-card.tsx';
import { QualityCard } from './quality-card.tsx';
import { askedOf, useDriftPlace, type DriftPlace } from './use-drift-place.ts';
import './drift.css';

/** Scheduled evaluations come by themselves. */
const HISTORY_EVERY_MS = 60_000;
const NO_HISTORY: readonly Past[] = [];

export default function DriftPage(): ReactElement {
  const texts = useTexts(DRIFT_TEXTS);
  const place = useDriftPlace();
  const query = { ...askedOf(place), convention: place.convention };
  const evaluation = useQuery({
    queryKey: ['drift', query],
    queryFn: () => answerOf(api.GET('/monitoring/drift', { params: { query } })),
    placeholderData: keepPreviousData,
    // An evaluation costs the server a core for a while: it is made when it is asked for.
    staleTime: Infinity,
    refetchOnReconnect: false,
  });
  const history = useQuery({
    queryKey: ['drift-history'],
    queryFn: () => answerOf(api.GET('/monitoring/drift/history')),
    refetchInterval: HISTORY_EVERY_MS,
  });
  const past = history.data?.items ?? NO_HISTORY;
  const { data, error, isFetching, refetch } = evaluation;
  return (
    <>
      <DriftToolbar place={place} busy={isFetching} onEvaluate={() => void refetch()} />
      <div role="status" className="drift-progress">
        {isFetching && (
          <p>
            <span className="spinner" aria-hidden="true" /> {texts.evaluating}{' '}
            {data !== undefined && texts.evaluatingAgain}
          </p>
        )}
      </div>
      {error !== null && !isFetching && <Failure error={error} retry={() => void refetch()} />}
      {data === undefined && isFetching && <Loading />}
      {data !== undefined && error === null && (
        <Evaluation drift={data} past={past} place={place} busy={isFetching} />
      )}
      {history.error !== null && history.data === undefined ? (
        <Failure error={history.error} retry={() => void history.refetch()} />
      ) : (
        <HistoryCard past={past} />
      )}
      <QualityCard place={place} />
      <FairnessCard place={place} />
    </>
  );
}

function Evaluation({
  drift,
  past,
  place,
  busy,
}: {
  readonly drift: Drift;
  readonly past: readonly Past[];
  readonly place: DriftPlace;
  readonly busy: boolean;
}): ReactElement {
  const rows = useMemo(() => columnRows(drift, past), [drift, past]);
  const [column, setColumn] = useQueryValue<string>('column', '');
  return (
    <div aria-busy={busy}>
      {drift.window.rows === 0 && <NoRows place={place} />}
      <DriftVerdict drift={drift} />
      <ColumnsTable rows={rows} onPick={setColumn} />
      {column !== '' && (
        <DistributionDialog
          column={column}
          place={place}
          onClose={() => {
            setColumn('');
          }}
        />
      )}
      {drift.multivariate !== null && <MultivariateCard multivariate={drift.multivariate} />}
    </div>
  );
}

function NoRows({ place }: { readonly place: DriftPlace }): ReactElement {
  const { empty } = useTexts(DRIFT_TEXTS);
  return (
    <Empty>
      <h2>{empty.title}</h2>
      <p>{empty.none}</p>
      <p className="drift-ways">
        {place.window !== 'all' && (
          <button
            type="button"
            onClick={() => {
              place.setWindow('all');
            }}
          >
            {empty.all}
          </button>
        )}
        <a href={linkTo('/predict')}>{empty.predict}</a>
      </p>
    </Empty>
  );
}
