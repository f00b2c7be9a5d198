// What the health routes answer.
import { ApiProperty } from '@nestjs/swagger';

const STATUSES = ['ok', 'unavailable'] as const;
type Status = (typeof STATUSES)[number];

export class LivenessResponse {
  @ApiProperty({ enum: ['ok'] })
  readonly status!: 'ok';
}

export class ModelCheck {
  @ApiProperty({ enum: STATUSES })
  readonly status!: Status;

  @ApiProperty({ required: false, example: 'foretell' })
  readonly name?: string;

  @ApiProperty({ required: false, example: '1' })
  readonly version?: string;

  @ApiProperty({ required: false, description: 'Why there is none.' })
  readonly reason?: string;
}

export class DatabaseCheck {
  @ApiProperty({ enum: STATUSES })
  readonly status!: Status;

  @ApiProperty({ required: false, description: 'Why it does not answer.' })
  readonly reason?: string;
}

export class Checks {
  @ApiProperty({ type: ModelCheck })
  readonly model!: ModelCheck;

  @ApiProperty({ type: DatabaseCheck })
  readonly database!: DatabaseCheck;
}

export class ReadinessResponse {
  @ApiProperty({ enum: STATUSES })
  readonly status!: Status;

  @ApiProperty({ type: Checks })
  readonly checks!: Checks;
}
