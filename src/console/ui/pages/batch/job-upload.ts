// Orders a job: sends a file of any size and tells how far it is, which only XMLHttpRequest does of what is sent.
import { addressOf, type Schemas } from '../../api/client.ts';
import { problemOf, ProblemError, UnreachableError } from '../../api/problem.ts';
import { accessToken } from '../../api/session.ts';
import type { Upload } from './batch-run.ts';
import { MEDIA_TYPES } from './upload-format.ts';

export interface SendOptions {
  readonly signal: AbortSignal;
  /** Bytes sent so far. */
  readonly onProgress: (sent: number) => void;
}

/** The job as it was ordered. Throws ProblemError, UnreachableError, and AbortError where it was cancelled. */
export async function orderJob(
  upload: Omit<Upload, 'isLogged'>,
  options: SendOptions,
): Promise<Schemas['JobResponse']> {
  // Fresh for long enough: the server looks at it when the upload begins.
  const token = await accessToken();
  const { status, body } = await send(upload, token, options);
  if (status === 202) return body as Schemas['JobResponse'];
  throw new ProblemError(problemOf(status, body));
}

interface Sent {
  readonly status: number;
  readonly body: unknown;
}

const send = (
  { file, format, explain }: Omit<Upload, 'isLogged'>,
  token: string | null,
  { signal, onProgress }: SendOptions,
): Promise<Sent> =>
  new Promise((resolve, reject) => {
    const address = addressOf('/jobs');
    if (explain) address.searchParams.set('explain', 'true');
    const request = new XMLHttpRequest();
    request.open('POST', address);
    request.responseType = 'json';
    request.setRequestHeader('Content-Type', MEDIA_TYPES[format]);
    if (token !== null) request.setRequestHeader('Authorization', `Bearer ${token}`);
    request.upload.onprogress = ({ loaded }) => {
      onProgress(loaded);
    };
    request.onload = () => {
      resolve({ status: request.status, body: request.response as unknown });
    };
    request.onerror = () => {
      reject(new UnreachableError(null));
    };
    request.onabort = () => {
      reject(new DOMException('The upload was cancelled.', 'AbortError'));
    };
    signal.addEventListener('abort', () => {
      request.abort();
    });
    request.send(file);
  });
