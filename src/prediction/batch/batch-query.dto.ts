// What POST /predict/batch takes beside the rows.
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { PredictQuery } from '../explanation/explanation.dto.ts';

const SWITCH = ['on', 'off'] as const;
const FLAG = ['true', 'false'] as const;

export class BatchQuery extends PredictQuery {
  @ApiPropertyOptional({
    enum: SWITCH,
    description: 'off: the rows are answered and not stored in the prediction log.',
  })
  @IsOptional()
  @IsIn(SWITCH, { message: '$property must be on or off' })
  readonly log?: (typeof SWITCH)[number];

  @ApiPropertyOptional({
    enum: FLAG,
    description:
      'NDJSON only: a line `{ "progress": { rows, refused, seconds } }` about every second and at the end.',
  })
  @IsOptional()
  @IsIn(FLAG, { message: '$property must be true or false' })
  readonly progress?: (typeof FLAG)[number];
}
