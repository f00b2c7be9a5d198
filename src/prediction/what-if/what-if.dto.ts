// What POST /predict/what-if takes and answers, for the OpenAPI document.
import { ApiProperty } from '@nestjs/swagger';
import type { SchemaObject } from '../../common/problem-responses.ts';
import type { RawValue } from '../../features/feature-spec.ts';
import { ModelReference } from '../prediction.dto.ts';
import { DIRECTIONS } from './what-if-request.ts';

const PROBABILITY = { minimum: 0, maximum: 1, description: 'Probability of the positive class.' };
const VALUE = { oneOf: [{ type: 'number' }, { type: 'string' }] };

export const WHAT_IF_REQUEST: SchemaObject = {
  type: 'object',
  required: ['features'],
  properties: {
    features: { $ref: '#/components/schemas/Features' },
    mutable: {
      description: 'The features that may change; all of them, in any direction, unless given.',
      oneOf: [
        { type: 'array', minItems: 1, uniqueItems: true, items: { type: 'string' } },
        {
          type: 'object',
          minProperties: 1,
          additionalProperties: { type: 'string', enum: [...DIRECTIONS] },
        },
      ],
    },
  },
  additionalProperties: false,
};

export class ChangedFeatureResponse {
  @ApiProperty({ example: 'worst radius' })
  readonly feature!: string;

  @ApiProperty({ ...VALUE, nullable: true, example: 16.8, description: 'As it was sent.' })
  readonly from!: RawValue;

  @ApiProperty({ ...VALUE, example: 14.2 })
  readonly to!: number | string;
}

export class ChangeResponse {
  @ApiProperty({ type: ChangedFeatureResponse, isArray: true })
  readonly features!: readonly ChangedFeatureResponse[];

  @ApiProperty({ description: 'What /predict answers for the changed row: the target label.' })
  readonly label!: string;

  @ApiProperty({ ...PROBABILITY, example: 0.4973 })
  readonly probability!: number;

  @ApiProperty({
    minimum: 0,
    example: 0.19,
    description:
      'Sum over the changed features: of a number the change over the distance between the 5 % and the 95 % quantile of training, of a category 1.',
  })
  readonly distance!: number;
}

export class WhatIfSearchResponse {
  @ApiProperty({
    enum: ['grid', 'beam'],
    description:
      'beam: changes of so many features are too many to try; the nearest were carried on.',
  })
  readonly method!: 'grid' | 'beam';

  @ApiProperty({ example: 2841, description: 'Values of single features in the grid.' })
  readonly candidates!: number;

  @ApiProperty({ example: 2873, description: 'Changed rows that the model scored.' })
  readonly scored!: number;

  @ApiProperty({
    description:
      'Whether every change in the grid of as many features or fewer (without a change: of any number) was tried or costs more.',
  })
  readonly exhaustive!: boolean;
}

export class WhatIfResponse {
  @ApiProperty({ description: 'Of the row as it was sent.' })
  readonly label!: string;

  @ApiProperty({ ...PROBABILITY, example: 0.9731 })
  readonly probability!: number;

  @ApiProperty({
    description: 'From this probability on, the label is the positive one.',
    example: 0.5,
  })
  readonly threshold!: number;

  @ApiProperty({ type: ModelReference })
  readonly model!: ModelReference;

  @ApiProperty({ description: 'The other label.' })
  readonly target_label!: string;

  @ApiProperty({
    type: ChangeResponse,
    nullable: true,
    description:
      'The smallest change found that gives the target label; null where none was found.',
  })
  readonly change!: ChangeResponse | null;

  @ApiProperty({ type: WhatIfSearchResponse })
  readonly search!: WhatIfSearchResponse;
}
