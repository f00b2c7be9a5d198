// What the routes that look back over a window of time have in common.
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { WINDOW_NAMES, type WindowName } from './window.ts';

export class WindowQuery {
  @ApiPropertyOptional({
    enum: WINDOW_NAMES,
    default: '24h',
    description: 'Looking back from now.',
  })
  @IsOptional()
  @IsIn(WINDOW_NAMES)
  readonly window: WindowName = '24h';
}

export class WindowBounds {
  @ApiProperty({ format: 'date-time' })
  readonly from!: string;

  @ApiProperty({ format: 'date-time' })
  readonly to!: string;
}
