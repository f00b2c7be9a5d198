// The body of POST /jobs: rows, kept as they come, or an order. Of JSON the first character tells which: an array holds rows, an object is
// an order.
import { Injectable } from '@nestjs/common';
import type { Principal } from '../common/access.ts';
import { AppError } from '../common/errors.ts';
import { parseStrictJson } from '../common/strict-json.ts';
import type { Upload } from '../common/streamed-body.ts';
import { Config } from '../config/load-config.ts';
import type { ExplanationChoice } from '../model/model-explainer.ts';
import type { BatchFormat } from '../prediction/batch/batch-format.ts';
import type { Job } from './job.entity.ts';
import { JobsService } from './jobs.service.ts';

const MAX_ORDER_BYTES = 65_536;
const OBJECT = '{';
/** As an order says it. */
const WISHES: Readonly<Record<ExplanationChoice, string>> = {
  default: 'true',
  path_dependent: 'path_dependent',
  interventional: 'interventional',
};

export interface JobRequest {
  readonly upload: Upload;
  readonly format: BatchFormat;
  readonly explain: ExplanationChoice | null;
}

@Injectable()
export class JobRequests {
  private readonly maxBytes: number;

  constructor(
    { jobs }: Config,
    private readonly service: JobsService,
  ) {
    this.maxBytes = jobs.maxBytes;
  }

  /** Throws what is wrong with the order or the upload, UNAVAILABLE where it cannot be kept. */
  async create(caller: Principal, { upload, format, explain }: JobRequest): Promise<Job> {
    const chunks = upload.chunks(this.maxBytes, 'JOB_MAX_MB');
    const head: Buffer[] = [];
    const bytes = rejoined(head, chunks);
    if (format !== 'json') return this.service.upload(caller, { format, explain, bytes });
    if ((await firstOf(chunks, head)) !== OBJECT)
      return this.service.upload(caller, { format, explain, bytes });
    const order = parseStrictJson(await textOf(bytes)) as object;
    return this.service.order(
      caller,
      explain === null ? order : { explain: WISHES[explain], ...order },
    );
  }
}

/** The first character that is not space, read into `head` with all before it; empty where there is none. */
async function firstOf(chunks: AsyncGenerator<Buffer>, head: Buffer[]): Promise<string> {
  for (;;) {
    const next = await chunks.next();
    if (next.done === true) return '';
    head.push(next.value);
    const text = next.value.toString('latin1').replace(BYTE_ORDER_MARK, '').trimStart();
    if (text !== '') return text.charAt(0);
  }
}

/** Of UTF-8, read byte by byte. */
const BYTE_ORDER_MARK = /^\u00ef\u00bb\u00bf/;

async function* rejoined(
  head: readonly Buffer[],
  rest: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer, void, undefined> {
  yield* head;
  yield* rest;
}

/** Of an order. */
async function textOf(bytes: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of bytes) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > MAX_ORDER_BYTES)
      throw new AppError('BODY_TOO_LARGE', `An order has at most ${MAX_ORDER_BYTES} bytes.`);
  }
  return Buffer.concat(chunks).toString();
}
