// One request of the fast lane and its answer, told to the data plane as a door.
import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { Logger } from '@nestjs/common';
import { problemAnswer, reportProblem, toAppError } from '../common/problem.filter.ts';
import { afterAnswerOf } from '../prediction/after-answer.ts';
import type { Door } from '../prediction/pending-prediction.ts';
import type { PredictionResponse } from '../prediction/prediction.dto.ts';
import { within } from '../tracing/active-span.ts';
import type { Span } from '../tracing/tracing.ts';

export const JSON_ANSWER = 'application/json; charset=utf-8';

const LOGGER = new Logger('Problem');

export abstract class Exchange implements Door {
  private readonly id = randomUUID();

  constructor(private readonly span: Span | null) {}

  abstract afterAnswer(work: () => void): void;

  /** `headers`: of this answer alone; name, value, name, value. `bytes`: of the body. */
  protected abstract send(
    status: number,
    headers: readonly string[],
    body: string,
    bytes: number,
  ): void;

  answered(answer: PredictionResponse): void {
    const headers = ['X-Model-Version', answer.model.version, 'Content-Type', JSON_ANSWER];
    this.sendAll(200, headers, JSON.stringify(answer));
  }

  refused(thrown: unknown): void {
    const error = toAppError(thrown);
    // Told by a batch or a transaction that other requests share.
    within(this.span, () => {
      reportProblem(LOGGER, this.id, error);
    });
    const { status, headers, body } = problemAnswer(error, this.id);
    this.sendAll(status, Object.entries(headers).flat(), body);
  }

  private sendAll(status: number, headers: readonly string[], body: string): void {
    const bytes = Buffer.byteLength(body);
    const own = [...headers, 'X-Request-Id', this.id, 'Content-Length', String(bytes)];
    this.send(status, own, body, bytes);
  }
}

/** On Node's HTTP server. */
export class ResponseExchange extends Exchange {
  /** Of the answer's body, once there is one. */
  bytes: number | undefined;

  constructor(
    private readonly response: ServerResponse,
    private readonly lane: { readonly headers: readonly string[] },
    span: Span | null,
  ) {
    super(span);
  }

  afterAnswer(work: () => void): void {
    afterAnswerOf({ raw: this.response })(work);
  }

  protected send(status: number, headers: readonly string[], body: string, bytes: number): void {
    if (this.response.headersSent) return;
    this.bytes = bytes;
    this.response.writeHead(status, [...this.lane.headers, ...headers]);
    this.response.end(body);
  }
}
