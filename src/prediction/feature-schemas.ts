// The JSON schemas of POST /predict, made from the features of a model bundle.
import type { SchemaObject } from '../common/problem-responses.ts';
import { exampleRow } from '../features/example-row.ts';
import type { ServedFeature } from '../features/feature-spec.ts';

export type NamedSchemas = Readonly<Record<string, SchemaObject>>;

/** Until a model is served: any object. */
export const GENERIC_SCHEMAS: NamedSchemas = requestSchemas({
  type: 'object',
  description:
    'One value per feature. No model is being served yet; its features will be listed here.',
  additionalProperties: true,
});

/** Each feature with type, range, unit and what training saw of it, and an example that can be sent as it is. */
export function schemasOf(features: readonly ServedFeature[]): NamedSchemas {
  return requestSchemas(
    {
      type: 'object',
      description: 'One value per feature of the model being served.',
      properties: Object.fromEntries(features.map((feature) => [feature.name, schemaOf(feature)])),
      required: features.filter(({ nullable }) => !nullable).map(({ name }) => name),
      additionalProperties: false,
    },
    { features: exampleRow(features) },
  );
}

function requestSchemas(features: SchemaObject, example?: object): NamedSchemas {
  return {
    Features: features,
    PredictRequest: {
      type: 'object',
      required: ['features'],
      properties: {
        features: { $ref: '#/components/schemas/Features' },
        key: {
          type: 'string',
          minLength: 1,
          maxLength: 128,
          description: 'Your own reference; stored with the prediction.',
        },
      },
      additionalProperties: false,
      ...(example && { example }),
    },
  };
}

function schemaOf(feature: ServedFeature): SchemaObject {
  const nullable = feature.nullable ? { nullable: true } : {};
  const description = describe(feature);
  if (feature.kind === 'categorical') {
    // OpenAPI 3.0: where null is allowed, the enum must list it too.
    const values = feature.nullable ? [...feature.categories, null] : [...feature.categories];
    return {
      type: 'string',
      ...nullable,
      description,
      enum: values,
      example: feature.training.mode,
    };
  }
  const { min, max } = feature.range ?? {};
  return {
    type: 'number',
    ...nullable,
    description,
    ...(min !== undefined && { minimum: min }),
    ...(max !== undefined && { maximum: max }),
    ...(feature.unit !== undefined && { 'x-unit': feature.unit }),
    example: feature.training?.median ?? 0,
  };
}

function describe(feature: ServedFeature): string {
  const seen = describeTraining(feature);
  const unit =
    feature.kind === 'numeric' && feature.unit !== undefined ? `Unit: ${feature.unit}.` : '';
  const missing = feature.nullable ? 'May be missing or null.' : '';
  return [feature.description, unit, seen, missing].filter(Boolean).join(' ');
}

function describeTraining({ training }: ServedFeature): string {
  if (training === null) return '';
  return 'mode' in training
    ? `Most frequent in training: ${training.mode}.`
    : `Training range ${training.min} to ${training.max}, median ${training.median}.`;
}
