// The jobs of the account, newest first: how far they are, what they found, and their results for as long as the server keeps them.
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import { addressOf, answerOf, api, authorizedFetch, type Schemas } from '../../api/client.ts';
import { problemOf, ProblemError } from '../../api/problem.ts';
import { Badge, type Tone } from '../../components/badge.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { Asked, Empty, Failure } from '../../components/states.tsx';
import { Time } from '../../components/time.tsx';
import { useFormats } from '../../shell/formats.ts';
import { useTexts } from '../../shell/texts.ts';
import { BATCH_TEXTS } from './batch-texts.ts';
import { saveFile } from './save-file.ts';
import { MEDIA_TYPES } from './upload-format.ts';

type Job = Schemas['JobResponse'];

const POLLED_EVERY_MS = 1000;
const PAGE_JOBS = 20;
const MOST_JOBS = 200;
/** More of them are for a program, not for a page. */
export const MOST_SHOWN_ROWS = 1_000_000;

const TONES: Readonly<Record<Job['state'], Tone>> = {
  queued: 'neutral',
  running: 'accent',
  done: 'good',
  failed: 'bad',
  cancelled: 'neutral',
};

const isUnderWay = ({ state }: Job): boolean => state === 'queued' || state === 'running';

export function JobList({ onShow }: { readonly onShow: (id: string) => void }): ReactElement {
  const texts = useTexts(BATCH_TEXTS).jobs;
  const { bytes, integer } = useFormats();
  const [limit, setLimit] = useState(PAGE_JOBS);
  const query = useQuery({
    queryKey: ['jobs', limit],
    queryFn: () => answerOf(api.GET('/jobs', { params: { query: { limit } } })),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) =>
      state.data?.items.some(isUnderWay) === true ? POLLED_EVERY_MS : false,
  });
  return (
    <section className="card" aria-labelledby="batch-jobs">
      <h2 id="batch-jobs">{texts.title}</h2>
      <Asked query={query}>
        {({ items, next_cursor: next }) =>
          items.length === 0 ? (
            <Empty>{texts.empty}</Empty>
          ) : (
            <>
              <DataTable
                caption={texts.title}
                hidesCaption
                columns={[
                  { header: texts.columns.started },
                  { header: texts.columns.state },
                  { header: texts.columns.rows, numeric: true },
                  { header: texts.columns.refused, numeric: true },
                  { header: texts.columns.size, numeric: true },
                  { header: texts.columns.actions },
                ]}
                rows={items.map((job) => [
                  <Time at={job.created_at} />,
                  <State job={job} />,
                  integer(job.rows_done),
                  integer(job.rows_refused),
                  bytes(job.bytes_total),
                  <Actions job={job} onShow={onShow} />,
                ])}
              />
              {next !== null && limit < MOST_JOBS && (
                <button
                  type="button"
                  onClick={() => {
                    setLimit(limit + PAGE_JOBS);
                  }}
                >
                  {texts.more}
                </button>
              )}
            </>
          )
        }
      </Asked>
    </section>
  );
}

function State({ job }: { readonly job: Job }): ReactElement {
  const texts = useTexts(BATCH_TEXTS).jobs;
  return (
    <>
      <Badge tone={TONES[job.state]}>{texts.states[job.state]}</Badge>{' '}
      {job.state === 'running' && (
        <progress aria-label={texts.progress} value={job.bytes_read} max={job.bytes_total} />
      )}
      {job.error !== null && <p className="job-error">{job.error.detail}</p>}
    </>
  );
}

function Actions({
  job,
  onShow,
}: {
  readonly job: Job;
  readonly onShow: (id: string) => void;
}): ReactElement {
  const texts = useTexts(BATCH_TEXTS).jobs;
  const { instant, integer } = useFormats();
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: () => answerOf(api.DELETE('/jobs/{id}', { params: { path: { id: job.id } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: ['jobs'] }),
  });
  const download = useMutation({ mutationFn: (format: 'csv' | 'ndjson') => save(job.id, format) });
  const named = (action: string): { 'aria-label': string } => ({
    'aria-label': texts.of(action, instant(job.created_at)),
  });
  const removal = isUnderWay(job) ? texts.cancel : texts.remove;
  const error = remove.error ?? download.error;
  return (
    <>
      <span className="job-actions">
        {job.state === 'done' && (
          <>
            {job.rows_done <= MOST_SHOWN_ROWS ? (
              <button
                type="button"
                {...named(texts.show)}
                onClick={() => {
                  onShow(job.id);
                }}
              >
                {texts.show}
              </button>
            ) : (
              <span className="muted">{texts.tooLarge(integer(MOST_SHOWN_ROWS))}</span>
            )}
            {(['csv', 'ndjson'] as const).map((format) => (
              <button
                key={format}
                type="button"
                {...named(texts[format])}
                disabled={download.isPending}
                onClick={() => {
                  download.mutate(format);
                }}
              >
                {texts[format]}
              </button>
            ))}
          </>
        )}
        <button
          type="button"
          {...named(removal)}
          disabled={remove.isPending}
          onClick={() => {
            remove.mutate();
          }}
        >
          {removal}
        </button>
      </span>
      {error !== null && <Failure error={error} />}
    </>
  );
}

/** The browser keeps what comes in its Blob store, on disk where it is large. */
async function save(id: string, format: 'csv' | 'ndjson'): Promise<void> {
  const headers = { Accept: MEDIA_TYPES[format] };
  const response = await authorizedFetch(addressOf(`/jobs/${id}/result`), { headers });
  if (!response.ok)
    throw new ProblemError(problemOf(response.status, await response.json().catch(() => null)));
  saveFile(`${id}.${format}`, await response.blob());
}
