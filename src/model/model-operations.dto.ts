// What the operators' routes of models take and answer.
import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsNumber, Max, Min, ValidateIf } from 'class-validator';
import { CHALLENGER_MODES, type ChallengerMode } from '../config/settings.ts';

export class ServedVersion {
  @ApiProperty({ example: 'foretell' })
  readonly name!: string;

  @ApiProperty({ example: '2' })
  readonly version!: string;
}

export class ReloadResponse {
  @ApiProperty({ type: ServedVersion, description: 'The version being served now.' })
  readonly model!: ServedVersion;

  @ApiProperty({ description: 'Whether another one was served before.', example: true })
  readonly changed!: boolean;
}

export class ChallengerRequest {
  @ApiProperty({
    enum: CHALLENGER_MODES,
    description:
      'shadow: scores what the champion answers, unseen by callers. canary: answers a share of the requests.',
  })
  @IsIn(CHALLENGER_MODES)
  readonly mode!: ChallengerMode;

  @ApiProperty({
    required: false,
    minimum: 0.001,
    maximum: 1,
    description: 'Share of the requests that a canary answers; required for one.',
    example: 0.1,
  })
  @ValidateIf(({ mode, share }: ChallengerRequest) => mode === 'canary' || share !== undefined)
  @IsNumber()
  @Min(0.001)
  @Max(1)
  readonly share?: number;
}

export class ChallengerResponse {
  @ApiProperty({ enum: CHALLENGER_MODES })
  readonly mode!: ChallengerMode;

  @ApiProperty({ description: '0 unless the mode is canary.', example: 0.1 })
  readonly share!: number;

  @ApiProperty({
    type: ServedVersion,
    nullable: true,
    description: 'The version with the alias challenger; null where there is none to load.',
  })
  readonly model!: ServedVersion | null;
}
