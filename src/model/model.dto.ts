// What the model routes answer, with the examples that the OpenAPI document shows.
import { ApiProperty } from '@nestjs/swagger';
import type { ImportanceFigures } from './model-bundle.ts';
import { STAGES, type Stage } from './registry/model-uri.ts';

const DIGEST = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';

export class RangeInfo {
  @ApiProperty({ type: Number, nullable: true, example: 0 })
  readonly min!: number | null;

  @ApiProperty({ type: Number, nullable: true, example: 50 })
  readonly max!: number | null;
}

export class FeatureInfo {
  @ApiProperty({ example: 'mean radius' })
  readonly name!: string;

  @ApiProperty({ enum: ['numeric', 'categorical'] })
  readonly kind!: 'numeric' | 'categorical';

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'How people call it, where that is not its name.',
    example: null,
  })
  readonly label!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The heading under which a form shows it.',
    example: 'Mean',
  })
  readonly group!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'um' })
  readonly unit!: string | null;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'Smallest value in training.',
    example: 6.981,
  })
  readonly min!: number | null;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'Largest value in training.',
    example: 28.11,
  })
  readonly max!: number | null;

  @ApiProperty({ type: Number, nullable: true, example: 13.37 })
  readonly median!: number | null;

  @ApiProperty({
    type: RangeInfo,
    nullable: true,
    description: 'Declared domain; a value outside it is refused.',
  })
  readonly range!: RangeInfo | null;

  @ApiProperty({ type: [String], nullable: true, example: null })
  readonly categories!: readonly string[] | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Most frequent category in training.',
    example: null,
  })
  readonly mode!: string | null;

  @ApiProperty({ description: 'A missing value is allowed.', example: false })
  readonly nullable!: boolean;

  @ApiProperty({ type: String, nullable: true, example: null })
  readonly description!: string | null;
}

export class DerivedFeatureInfo {
  @ApiProperty({ example: 'radius_ratio' })
  readonly name!: string;

  @ApiProperty({ example: 'worst radius / mean radius' })
  readonly expression!: string;
}

/** Which version it is, and what the registry says of it. */
class VersionIdentity {
  @ApiProperty({ example: 'foretell' })
  readonly name!: string;

  @ApiProperty({ example: '1' })
  readonly version!: string;

  @ApiProperty({ type: [String], example: ['champion'] })
  readonly aliases!: readonly string[];

  @ApiProperty({ enum: STAGES, example: 'None' })
  readonly stage!: Stage;

  @ApiProperty({ type: String, nullable: true, example: '5b1d0f6f3c1e4d0f9a6f2f9c0c1d2e3f' })
  readonly run_id!: string | null;
}

export class FeatureImportance {
  @ApiProperty({ example: 'worst perimeter' })
  readonly name!: string;

  @ApiProperty({ description: 'In the space of the margin.', example: 0.91 })
  readonly mean_absolute_contribution!: number;
}

export class ModelImportance implements ImportanceFigures {
  @ApiProperty({ enum: ['linear', 'tree_path_dependent', 'tree_interventional'] })
  readonly method!: ImportanceFigures['method'];

  @ApiProperty({ enum: ['training', 'favourable'] })
  readonly background!: ImportanceFigures['background'];

  @ApiProperty({ description: 'Training rows that were explained.', example: 455 })
  readonly rows!: number;

  @ApiProperty({ type: FeatureImportance, isArray: true, description: 'The largest first.' })
  readonly features!: readonly FeatureImportance[];
}

export class ModelInfoResponse extends VersionIdentity {
  @ApiProperty({ example: 'logistic_regression' })
  readonly learner!: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'number' },
    description: 'Measured on rows held out from training.',
    example: { accuracy: 0.97, roc_auc: 0.99 },
  })
  readonly metrics!: Readonly<Record<string, number>>;

  @ApiProperty({
    type: 'object',
    additionalProperties: { oneOf: [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }] },
    example: { c: 1, seed: 42 },
  })
  readonly params!: Readonly<Record<string, string | number | boolean>>;

  @ApiProperty({
    type: ModelImportance,
    nullable: true,
    description:
      'What each feature counts for in explanations; null where the model cannot explain its answers.',
  })
  readonly importance!: ModelImportance | null;

  @ApiProperty({ example: 'diagnosis' })
  readonly target!: string;

  @ApiProperty({ example: 'malignant' })
  readonly positive_label!: string;

  @ApiProperty({ example: 'benign' })
  readonly negative_label!: string;

  @ApiProperty({
    description: 'The positive label is answered from this probability on.',
    example: 0.5,
  })
  readonly threshold!: number;

  @ApiProperty({ type: [FeatureInfo] })
  readonly features!: readonly FeatureInfo[];

  @ApiProperty({ type: [DerivedFeatureInfo], description: 'Computed inside the model.' })
  readonly derived!: readonly DerivedFeatureInfo[];

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'sha256 of the training data; null for a model from elsewhere.',
    example: DIGEST,
  })
  readonly data_digest!: string | null;

  @ApiProperty({ type: String, nullable: true, example: null })
  readonly git_commit!: string | null;

  @ApiProperty({ format: 'date-time', example: '2026-01-02T03:04:05.000Z' })
  readonly created_at!: string;

  @ApiProperty({ format: 'date-time', example: '2026-01-02T03:05:00.000Z' })
  readonly loaded_at!: string;

  @ApiProperty({ example: DIGEST })
  readonly onnx_sha256!: string;
}

export class ModelSummary {
  @ApiProperty({ example: 'foretell' })
  readonly name!: string;

  @ApiProperty({ type: String, nullable: true, example: '3' })
  readonly latest_version!: string | null;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    description: 'Alias to version.',
    example: { champion: '2' },
  })
  readonly aliases!: Readonly<Record<string, string>>;
}

export class ModelListResponse {
  @ApiProperty({ type: [ModelSummary] })
  readonly items!: readonly ModelSummary[];
}

export class ModelVersionInfo extends VersionIdentity {
  @ApiProperty({ example: '' })
  readonly description!: string;

  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' }, example: {} })
  readonly tags!: Readonly<Record<string, string>>;

  @ApiProperty({ format: 'date-time', example: '2026-01-02T03:04:05.000Z' })
  readonly created_at!: string;
}

export class ModelVersionListResponse {
  @ApiProperty({ type: [ModelVersionInfo] })
  readonly items!: readonly ModelVersionInfo[];
}
