// What MLflow's REST answers and takes, as zod schemas and types: only the fields that we use. Unset fields are absent on the wire.
import { z } from 'zod';

export interface KeyValue {
  readonly key: string;
  readonly value: string;
}

export interface MetricEntry {
  readonly key: string;
  readonly value: number;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly step: number;
}

export interface DatasetEntry {
  readonly name: string;
  /** At most 36 characters. */
  readonly digest: string;
  readonly source_type: string;
  /** JSON as a string, as are schema and profile. */
  readonly source: string;
  readonly profile?: string;
}

const keyValues = z.array(z.object({ key: z.string(), value: z.string().default('') })).default([]);

export const nothing = z.unknown();
export const experiment = z.object({ experiment_id: z.string(), lifecycle_stage: z.string() });

export const run = z.object({
  info: z.object({
    run_id: z.string(),
    run_name: z.string().default(''),
    experiment_id: z.string(),
    status: z.string(),
    start_time: z.number(),
    end_time: z.number().optional(),
    artifact_uri: z.string(),
  }),
  data: z
    .object({
      params: keyValues,
      tags: keyValues,
      // NaN comes as text.
      metrics: z.array(z.object({ key: z.string(), value: z.coerce.number() })).default([]),
    })
    .prefault({}),
  inputs: z
    .object({
      dataset_inputs: z
        .array(
          z.object({
            tags: keyValues,
            dataset: z.object({
              name: z.string(),
              source: z.string(),
              profile: z.string().default('{}'),
            }),
          }),
        )
        .default([]),
    })
    .prefault({}),
});

/** NaN and infinities arrive as strings. */
export const metricPoint = z.object({
  value: z.union([z.number(), z.string().transform(Number)]),
  timestamp: z.number(),
  step: z.number().default(0),
});

export const loggedModel = z.object({
  info: z.object({
    model_id: z.string(),
    name: z.string(),
    experiment_id: z.string(),
    artifact_uri: z.string(),
  }),
});

export const version = z.object({
  name: z.string(),
  version: z.string(),
  creation_timestamp: z.number(),
  current_stage: z.enum(['None', 'Staging', 'Production', 'Archived']).catch('None'),
  description: z.string().default(''),
  source: z.string().default(''),
  run_id: z.string().default(''),
  aliases: z.array(z.string()).default([]),
  tags: keyValues,
});

export const registeredModel = z.object({
  name: z.string(),
  aliases: z.array(z.object({ alias: z.string(), version: z.string() })).default([]),
});

export const runPage = z.object({
  runs: z.array(run).default([]),
  next_page_token: z.string().default(''),
});

export type WireRunPage = z.output<typeof runPage>;
export type WireRun = z.output<typeof run>;
export type WireMetricPoint = z.output<typeof metricPoint>;
export type WireLoggedModel = z.output<typeof loggedModel>;
export type WireVersion = z.output<typeof version>;
export type WireRegisteredModel = z.output<typeof registeredModel>;

/** On every answer that comes in pages. */
export const nextPage = { next_page_token: z.string().default('') };
