// The page "batch": the rows of a file predicted, at once or as a job in the background.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState, type ReactElement } from 'react';
import type { Schemas } from '../../api/client.ts';
import { servedModel } from '../../api/served-model.ts';
import { Asked, Failure } from '../../components/states.tsx';
import { useFormats } from '../../shell/formats.ts';
import { useTexts } from '../../shell/texts.ts';
import { BatchRun, type Upload } from './batch-run.ts';
import { BATCH_TEXTS } from './batch-texts.ts';
import { JobList } from './job-list.tsx';
import { orderJob } from './job-upload.ts';
import { ResultView } from './result-view.tsx';
import { UploadForm } from './upload-form.tsx';
import './batch.css';

export default function BatchPage(): ReactElement {
  const texts = useTexts(BATCH_TEXTS);
  const model = useQuery(servedModel);
  return (
    <>
      <h1>{texts.title}</h1>
      <p>{texts.lead}</p>
      <Asked query={model}>{(info) => <Batch model={info} />}</Asked>
    </>
  );
}

function Batch({ model }: { readonly model: Schemas['ModelInfoResponse'] }): ReactElement {
  const [run, setRun] = useState<BatchRun | null>(null);
  const order = useJobOrder();
  useEffect(
    () => () => {
      run?.cancel();
    },
    [run],
  );
  return (
    <>
      <UploadForm
        model={model}
        isBusy={order.isSending}
        onStart={(upload) => {
          setRun(BatchRun.ofUpload(upload, model.positive_label));
        }}
        onJob={order.send}
      />
      {order.status}
      {run !== null && <ResultView key={run.id} run={run} model={model} />}
      <JobList
        onShow={(id) => {
          setRun(BatchRun.ofJob(id, model.positive_label));
        }}
      />
    </>
  );
}

interface JobOrder {
  readonly isSending: boolean;
  readonly send: (upload: Upload) => void;
  readonly status: ReactElement | null;
}

function useJobOrder(): JobOrder {
  const texts = useTexts(BATCH_TEXTS);
  const { bytes } = useFormats();
  const [sent, setSent] = useState(0);
  const abort = useRef<AbortController | null>(null);
  const queries = useQueryClient();
  const order = useMutation({
    mutationFn: (upload: Upload) => {
      abort.current = new AbortController();
      setSent(0);
      return orderJob(upload, { signal: abort.current.signal, onProgress: setSent });
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: ['jobs'] }),
  });
  useEffect(() => () => abort.current?.abort(), []);
  return { isSending: order.isPending, send: order.mutate, status: statusOf() };

  function statusOf(): ReactElement | null {
    if (order.isSuccess) return <p role="status">{texts.ordered}</p>;
    if (order.isError) return isAbort(order.error) ? null : <Failure error={order.error} />;
    if (!order.isPending) return null;
    const total = order.variables.file.size;
    const text = texts.sending(bytes(sent), bytes(total));
    return (
      <p className="sending">
        <progress aria-label={text} value={sent} max={total} /> {text}{' '}
        <button
          type="button"
          onClick={() => {
            abort.current?.abort();
          }}
        >
          {texts.cancel}
        </button>
      </p>
    );
  }
}

const isAbort = (error: unknown): boolean =>
  error instanceof DOMException && error.name === 'AbortError';
