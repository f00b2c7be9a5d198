// GET /monitoring/summary: what was asked and answered, and how fast.
import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Requires } from '../../common/access.ts';
import { SummaryQuery, SummaryResponse } from './summary.dto.ts';
import { SummaryService } from './summary.service.ts';

@ApiTags('monitoring')
@Controller('monitoring')
@Requires('read')
export class SummaryController {
  constructor(private readonly service: SummaryService) {}

  @Get('summary')
  @ApiOperation({
    summary: 'The log summarised',
    description:
      'Requests, errors, latency, throughput, scores and classes of a window, over time and by model version. Counts, means and extremes are ' +
      'exact for the bounds that `window` states: whole minutes, and whole hours where the window is longer than a day.',
  })
  @ApiOkResponse({ type: SummaryResponse })
  summarise(@Query() query: SummaryQuery): Promise<SummaryResponse> {
    return this.service.summarise(query);
  }
}
