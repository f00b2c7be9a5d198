// A batch while it is answered and after: counts, probabilities, rows, downloads.
import { useCallback, useState, useSyncExternalStore, type ReactElement } from 'react';
import type { Schemas } from '../../api/client.ts';
import { Failure } from '../../components/states.tsx';
import { Tile, Tiles } from '../../components/tile.tsx';
import { useFormats } from '../../shell/formats.ts';
import { useTexts } from '../../shell/texts.ts';
import type { BatchRun, RunSnapshot } from './batch-run.ts';
import { BATCH_TEXTS } from './batch-texts.ts';
import { Probabilities } from './probabilities.tsx';
import { ResultRows } from './result-rows.tsx';
import { saveFile } from './save-file.ts';

interface ResultViewProps {
  readonly run: BatchRun;
  readonly model: Schemas['ModelInfoResponse'];
}

export function ResultView({ run, model }: ResultViewProps): ReactElement {
  const texts = useTexts(BATCH_TEXTS);
  const { integer } = useFormats();
  const snapshot = useSyncExternalStore(run.subscribe, run.snapshot);
  const { state, counts, error, version } = snapshot;
  const hasRows = counts.rows > 0;
  return (
    <section className="card" aria-labelledby="batch-results">
      <div className="toolbar">
        <h2 id="batch-results" tabIndex={-1} ref={focusOnce}>
          {texts.results.title}
        </h2>
        {version !== null && <span className="muted">{texts.results.version(version)}</span>}
        {state === 'running' && (
          <button
            type="button"
            onClick={() => {
              run.cancel();
            }}
          >
            {texts.cancel}
          </button>
        )}
        {state !== 'running' && hasRows && <Downloads run={run} />}
      </div>
      <p role="status">
        {state === 'running' && <span className="spinner" aria-hidden="true" />}{' '}
        {(state !== 'failed' || hasRows) && texts.results[state](integer(counts.rows))}
      </p>
      {state === 'failed' && <Failure error={error} />}
      {hasRows && <Figures counts={counts} model={model} />}
      {counts.rows > counts.refused && (
        <Probabilities counts={counts} threshold={model.threshold} />
      )}
      {hasRows && <ResultRows run={run} snapshot={snapshot} model={model} />}
    </section>
  );
}

/** Results are what was asked for: the reader is taken to them. */
const focusOnce = (heading: HTMLElement | null): void => {
  heading?.focus();
};

function Figures({
  counts: { rows, positive, refused },
  model,
}: {
  readonly counts: RunSnapshot['counts'];
  readonly model: Schemas['ModelInfoResponse'];
}): ReactElement {
  const texts = useTexts(BATCH_TEXTS).results;
  const { integer, percent } = useFormats();
  const answered = rows - refused;
  const shareOf = (part: number): string =>
    texts.ofAnswered(percent(answered === 0 ? null : part / answered));
  return (
    <Tiles>
      <Tile name={texts.rows} value={integer(rows)} />
      <Tile
        name={texts.positive(model.positive_label)}
        value={integer(positive)}
        note={shareOf(positive)}
      />
      <Tile
        name={texts.negative(model.negative_label)}
        value={integer(answered - positive)}
        note={shareOf(answered - positive)}
      />
      <Tile
        name={texts.refused}
        value={integer(refused)}
        note={texts.ofAll(percent(refused / rows))}
        tone={refused > 0 ? 'warn' : 'neutral'}
      />
    </Tiles>
  );
}

function Downloads({ run }: { readonly run: BatchRun }): ReactElement {
  const texts = useTexts(BATCH_TEXTS).results;
  const [isPreparing, setIsPreparing] = useState(false);
  const saveCsv = useCallback(async () => {
    setIsPreparing(true);
    try {
      saveFile(`${run.name}-results.csv`, await run.results.csv());
    } finally {
      setIsPreparing(false);
    }
  }, [run]);
  return (
    <span className="end downloads">
      <button type="button" disabled={isPreparing} onClick={() => void saveCsv()}>
        {isPreparing ? texts.preparing : texts.csv}
      </button>
      <button
        type="button"
        onClick={() => {
          saveFile(`${run.name}-results.ndjson`, run.results.ndjson());
        }}
      >
        {texts.ndjson}
      </button>
    </span>
  );
}
