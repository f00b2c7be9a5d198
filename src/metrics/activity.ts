// What this process does, minute by minute: requests of the prediction doors, the stages of predictions, and what the process uses.
import { monitorEventLoopDelay, type IntervalHistogram } from 'node:perf_hooks';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Moments, type MomentsJson } from '../statistics/moments.ts';
import { QuantileSketch } from '../statistics/quantile-sketch.ts';

export const STAGES = ['validate', 'infer', 'explain', 'log'] as const;
export type Stage = (typeof STAGES)[number];

/** Why a prediction door gave no prediction. */
export const ACTIVITY_ERRORS = [
  'invalid_input',
  'unauthorized',
  'not_found',
  'too_large',
  'rate_limited',
  'overloaded',
  'model_error',
  'client_left',
] as const;
export type ActivityError = (typeof ACTIVITY_ERRORS)[number];

interface ActivityJson {
  readonly requests: number;
  readonly errors: Readonly<Record<ActivityError, number>>;
  readonly http: MomentsJson;
  readonly stages: Readonly<Record<Stage, MomentsJson>>;
  readonly cpu_percent: MomentsJson;
  readonly memory_bytes: MomentsJson;
  readonly event_loop_lag_ms: MomentsJson;
}

/** Buckets of parts add up to that of the whole. */
export class ActivityBucket {
  /** Of the prediction doors, the refused ones too. */
  requests = 0;
  readonly errors: Record<ActivityError, number> = {
    invalid_input: 0,
    unauthorized: 0,
    not_found: 0,
    too_large: 0,
    rate_limited: 0,
    overloaded: 0,
    model_error: 0,
    client_left: 0,
  };

  /** `startsAt`: epoch milliseconds. */
  constructor(
    readonly startsAt: number,
    readonly spanMs: number,
    /** From the first byte of a request to the last of its answer, milliseconds. */
    readonly http = new QuantileSketch(),
    /** Of the rows of one request, milliseconds. */
    readonly stages: Readonly<Record<Stage, QuantileSketch>> = {
      validate: new QuantileSketch(),
      infer: new QuantileSketch(),
      explain: new QuantileSketch(),
      log: new QuantileSketch(),
    },
    /** One value a second, like those below: of the whole process, of one core. */
    readonly cpuPercent = new Moments(),
    readonly memoryBytes = new Moments(),
    /** The longest of the second. */
    readonly eventLoopLagMs = new Moments(),
  ) {}

  /** Of what toJSON() gave. */
  static from(startsAt: number, spanMs: number, json: unknown): ActivityBucket {
    const stored = json as ActivityJson;
    const { validate, infer, explain, log } = stored.stages;
    const bucket = new ActivityBucket(
      startsAt,
      spanMs,
      QuantileSketch.from(stored.http),
      {
        validate: QuantileSketch.from(validate),
        infer: QuantileSketch.from(infer),
        explain: QuantileSketch.from(explain),
        log: QuantileSketch.from(log),
      },
      Moments.from(stored.cpu_percent),
      Moments.from(stored.memory_bytes),
      Moments.from(stored.event_loop_lag_ms),
    );
    bucket.requests = stored.requests;
    Object.assign(bucket.errors, stored.errors);
    return bucket;
  }

  merge(other: ActivityBucket): void {
    this.requests += other.requests;
    for (const kind of ACTIVITY_ERRORS) this.errors[kind] += other.errors[kind];
    this.http.merge(other.http);
    for (const stage of STAGES) this.stages[stage].merge(other.stages[stage]);
    this.cpuPercent.merge(other.cpuPercent);
    this.memoryBytes.merge(other.memoryBytes);
    this.eventLoopLagMs.merge(other.eventLoopLagMs);
  }

  toJSON(): ActivityJson {
    const { validate, infer, explain, log } = this.stages;
    return {
      requests: this.requests,
      errors: this.errors,
      http: this.http.toJSON(),
      stages: {
        validate: validate.toJSON(),
        infer: infer.toJSON(),
        explain: explain.toJSON(),
        log: log.toJSON(),
      },
      cpu_percent: this.cpuPercent.toJSON(),
      memory_bytes: this.memoryBytes.toJSON(),
      event_loop_lag_ms: this.eventLoopLagMs.toJSON(),
    };
  }
}

const MINUTE_MS = 60_000;
const SECOND_MS = 1000;
/** Minutes that nobody fetched: the newest are kept, an hour of them. */
const MOST_ENDED = 60;
/** A clock that was set back by less finds the minutes that it shows again counted and stored: until it has caught up the last of them goes on. */
const SET_BACK_MS = 3_600_000;
/** How often the event loop is looked at; a delay of that length is none. */
const LAG_RESOLUTION_MS = 20;

@Injectable()
export class Activity implements OnApplicationBootstrap, OnModuleDestroy {
  #current = new ActivityBucket(minuteOf(Date.now()), MINUTE_MS);
  #ended: ActivityBucket[] = [];
  #timer: NodeJS.Timeout | undefined;
  #cpu = process.cpuUsage();
  #sampledAt = performance.now();
  readonly #lag: IntervalHistogram = monitorEventLoopDelay({ resolution: LAG_RESOLUTION_MS });

  /** The minute that runs: what is counted now belongs to it. */
  get current(): ActivityBucket {
    return this.#current;
  }

  /** From the start of the application on each second is sampled, and each minute has a bucket of its own. */
  onApplicationBootstrap(): void {
    this.#lag.enable();
    this.#awaitSecond();
  }

  onModuleDestroy(): void {
    clearTimeout(this.#timer);
    this.#lag.disable();
  }

  /** The minutes that have ended since the last time, oldest first; they are the caller's from now on. */
  takeEnded(): readonly ActivityBucket[] {
    const ended = this.#ended;
    this.#ended = [];
    return ended;
  }

  /** `error`: null for an answer with predictions. */
  requested(milliseconds: number, error: ActivityError | null): void {
    const { http, errors } = this.#current;
    this.#current.requests += 1;
    http.add(milliseconds);
    if (error !== null) errors[error] += 1;
  }

  staged(stage: Stage, milliseconds: number): void {
    this.#current.stages[stage].add(milliseconds);
  }

  /** A timer rather than a look at the clock at every count: a bucket ends as late as the event loop is. */
  #awaitSecond(): void {
    const left = SECOND_MS - (Date.now() % SECOND_MS);
    this.#timer = setTimeout(() => {
      this.#sample();
      this.#turn(minuteOf(Date.now()));
      this.#awaitSecond();
    }, left).unref();
  }

  #sample(): void {
    const now = performance.now();
    const { user, system } = process.cpuUsage(this.#cpu);
    const elapsedUs = (now - this.#sampledAt) * 1000;
    this.#cpu = process.cpuUsage();
    this.#sampledAt = now;
    const { cpuPercent, memoryBytes, eventLoopLagMs } = this.#current;
    if (elapsedUs > 0) cpuPercent.add((100 * (user + system)) / elapsedUs);
    memoryBytes.add(process.memoryUsage.rss());
    if (this.#lag.count > 0)
      eventLoopLagMs.add(Math.max(0, this.#lag.max / 1e6 - LAG_RESOLUTION_MS));
    this.#lag.reset();
  }

  #turn(minute: number): void {
    const ahead = this.#current.startsAt - minute;
    if (ahead >= 0 && ahead < SET_BACK_MS) return;
    this.#ended = [...this.#ended, this.#current].slice(-MOST_ENDED);
    this.#current = new ActivityBucket(minute, MINUTE_MS);
  }
}

const minuteOf = (at: number): number => Math.floor(at / MINUTE_MS) * MINUTE_MS;
