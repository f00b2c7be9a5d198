// The JSON schemas of the requests to the foreign doors, with examples for the model being served that can be sent as they are.
import type { SchemaObject } from '../common/problem-responses.ts';
import { exampleRow } from '../features/example-row.ts';
import type { ServedFeature } from '../features/feature-spec.ts';
import type { NamedSchemas } from './feature-schemas.ts';

/** `features` are those of the model being served; none while there is none. */
export const doorSchemasOf = (features: readonly ServedFeature[]): NamedSchemas => ({
  InvocationsRequest: {
    type: 'object',
    properties: {
      dataframe_split: {
        type: 'object',
        required: ['columns', 'data'],
        properties: {
          columns: { type: 'array', items: { type: 'string' } },
          data: { type: 'array', items: { type: 'array', items: CELL } },
          index: { type: 'array', items: {} },
        },
      },
      dataframe_records: { type: 'array', items: { type: 'object' } },
      instances: { oneOf: [{ type: 'array', items: { type: 'object' } }, { type: 'object' }] },
      inputs: { oneOf: [{ type: 'object' }, { type: 'array', items: { type: 'object' } }] },
      params: { type: 'object' },
    },
    ...(features.length > 0 && { example: splitExample(features) }),
  },
  InferenceRequest: {
    type: 'object',
    required: ['inputs'],
    properties: {
      id: { type: 'string', description: 'Echoed.' },
      parameters: { type: 'object' },
      inputs: { type: 'array', minItems: 1, items: TENSOR },
      outputs: { type: 'array', description: 'Only these.', items: OUTPUT },
    },
    ...(features.length > 0 && { example: tensorExample(features) }),
  },
});

const CELL: SchemaObject = {
  nullable: true,
  oneOf: [{ type: 'number' }, { type: 'string' }],
};

const TENSOR: SchemaObject = {
  type: 'object',
  required: ['name', 'datatype', 'shape'],
  properties: {
    name: { type: 'string' },
    datatype: { type: 'string' },
    shape: { type: 'array', items: { type: 'integer', minimum: 0 } },
    data: { type: 'array', items: {} },
    parameters: { type: 'object' },
  },
};

const OUTPUT: SchemaObject = {
  type: 'object',
  required: ['name'],
  properties: {
    name: { type: 'string', enum: ['label', 'probability', 'prediction_id'] },
    parameters: { type: 'object' },
  },
};

function splitExample(features: readonly ServedFeature[]): object {
  const row = exampleRow(features);
  const columns = features.map(({ name }) => name);
  return { dataframe_split: { columns, data: [columns.map((name) => row[name])] } };
}

function tensorExample(features: readonly ServedFeature[]): object {
  const row = exampleRow(features);
  const inputs = features.map(({ name, kind }) => ({
    name,
    datatype: kind === 'categorical' ? 'BYTES' : 'FP64',
    shape: [1],
    data: [row[name]],
  }));
  return { id: 'example', inputs };
}
