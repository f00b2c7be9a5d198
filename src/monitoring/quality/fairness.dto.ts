// What GET /monitoring/fairness takes and answers.
import { ApiProperty } from '@nestjs/swagger';
import { Matches } from 'class-validator';
import { WindowBounds } from '../window.dto.ts';
import type { FairnessFigures, OddsRate } from '../../statistics/fairness.ts';
import { QualityQuery, RateResponse, VersionResponse } from './quality.dto.ts';

export class FairnessQuery extends QualityQuery {
  @ApiProperty({ example: 'sex', description: 'A name under `groups` of POST /feedback.' })
  @Matches(/^\P{Cc}{1,64}$/u, { message: '$property must be 1 to 64 printable characters' })
  readonly by!: string;
}

const RATE = { type: RateResponse, nullable: true };

export class GroupRatesResponse {
  @ApiProperty({ example: 'female' })
  readonly group!: string;

  @ApiProperty()
  readonly rows!: number;

  @ApiProperty()
  readonly labelled!: number;

  @ApiProperty({ ...RATE, description: 'Answered with the positive label.' })
  readonly selection_rate!: RateResponse | null;

  @ApiProperty({ ...RATE, description: 'Of those with the positive label.' })
  readonly true_positive_rate!: RateResponse | null;

  @ApiProperty({ ...RATE, description: 'Of those with the negative label.' })
  readonly false_positive_rate!: RateResponse | null;

  @ApiProperty({ ...RATE, description: 'Answered as labelled.' })
  readonly accuracy!: RateResponse | null;

  @ApiProperty({ ...RATE, description: 'With the positive label.' })
  readonly base_rate!: RateResponse | null;
}

export class GroupDifferenceResponse {
  @ApiProperty({ description: 'The rate of `highest` minus that of `lowest`.' })
  readonly value!: number;

  @ApiProperty({ description: 'Below 0 where it is not even sure which group is higher.' })
  readonly low!: number;

  @ApiProperty()
  readonly high!: number;

  @ApiProperty()
  readonly highest!: string;

  @ApiProperty()
  readonly lowest!: string;
}

export class OddsDifferenceResponse extends GroupDifferenceResponse {
  @ApiProperty({ enum: ['true_positive_rate', 'false_positive_rate'] })
  readonly of!: OddsRate;
}

export class FairnessMethodResponse {
  @ApiProperty()
  readonly rates!: string;

  @ApiProperty()
  readonly differences!: string;

  @ApiProperty()
  readonly confidence!: number;

  @ApiProperty({ description: 'Rows that must stand behind a rate before it is compared.' })
  readonly least_rows!: number;
}

const DIFFERENCE = { type: GroupDifferenceResponse, nullable: true };

export class FairnessResponse implements FairnessFigures {
  @ApiProperty({ type: WindowBounds, description: 'When the predictions were answered.' })
  readonly window!: WindowBounds;

  @ApiProperty({ type: VersionResponse })
  readonly model!: VersionResponse;

  @ApiProperty({ example: 'sex' })
  readonly by!: string;

  @ApiProperty({ type: [String], description: 'Names that labels in the window came with.' })
  readonly names!: readonly string[];

  @ApiProperty({ description: 'Labels that the figures rest on: the newest 50,000 at most.' })
  readonly measured!: number;

  @ApiProperty({ type: GroupRatesResponse, isArray: true, description: 'By name.' })
  readonly groups!: readonly GroupRatesResponse[];

  @ApiProperty({ description: 'Labels that came without this name.' })
  readonly without_group!: number;

  @ApiProperty(DIFFERENCE)
  readonly demographic_parity_difference!: GroupDifferenceResponse | null;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'Information only: no bound on it is a test of fairness.',
  })
  readonly demographic_parity_ratio!: number | null;

  @ApiProperty(DIFFERENCE)
  readonly equal_opportunity_difference!: GroupDifferenceResponse | null;

  @ApiProperty({ type: OddsDifferenceResponse, nullable: true })
  readonly equalised_odds_difference!: OddsDifferenceResponse | null;

  @ApiProperty({ type: FairnessMethodResponse })
  readonly method!: FairnessMethodResponse;
}
