// Routes that read training runs, to compare candidates and trainings.
import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Requires } from '../../common/access.ts';
import { PageQuery } from '../../common/page-query.ts';
import { RunReader } from './run-reader.ts';
import { RunListResponse, RunResponse } from './runs.dto.ts';

@ApiTags('models')
@Controller('runs')
@Requires('read')
export class RunsController {
  constructor(private readonly runs: RunReader) {}

  @Get()
  @ApiOperation({
    summary: 'Training runs, newest first',
    description:
      'Each training is a run with one child run per candidate, with parameters and metrics.',
  })
  @ApiOkResponse({ type: RunListResponse })
  async list(@Query() { limit, cursor }: PageQuery): Promise<RunListResponse> {
    const { items, nextCursor } = await this.runs.list(limit, cursor);
    return { items, next_cursor: nextCursor };
  }

  @Get(':id')
  @ApiOperation({ summary: 'One training run' })
  @ApiOkResponse({ type: RunResponse })
  get(@Param('id') id: string): Promise<RunResponse> {
    return this.runs.get(id);
  }
}
