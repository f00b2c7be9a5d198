// GET /monitoring/anomalies: what was out of the ordinary; POST .../acknowledge: somebody has seen it.
import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Caller, Requires, type Principal } from '../../common/access.ts';
import { IdParam } from '../../common/id-param.ts';
import {
  AcknowledgeRequest,
  AnomaliesQuery,
  AnomaliesResponse,
  AnomalyResponse,
} from './anomalies.dto.ts';
import { AnomaliesService } from './anomalies.service.ts';

@ApiTags('monitoring')
@Controller('monitoring/anomalies')
export class AnomaliesController {
  constructor(private readonly anomalies: AnomaliesService) {}

  @Get()
  @Requires('read')
  @ApiOperation({
    summary: 'What was out of the ordinary',
    description:
      'Latency, scores and errors whose mean changed; processor time and memory above their own baseline; inputs outside the range that training saw, ' +
      'or whose numbers do not belong together. On one time axis, each with the predictions that it concerns and with what came first.',
  })
  @ApiOkResponse({ type: AnomaliesResponse })
  list(@Query() query: AnomaliesQuery): Promise<AnomaliesResponse> {
    return this.anomalies.list(query);
  }

  @Post(':id/acknowledge')
  @HttpCode(200)
  @Requires('operate')
  @ApiOperation({
    summary: 'Take notice of an anomaly',
    description: 'The first who does so stands; doing it again changes nothing.',
  })
  @ApiOkResponse({ type: AnomalyResponse })
  acknowledge(
    @IdParam('anomaly') id: string,
    @Body() { note }: AcknowledgeRequest,
    @Caller() { userId }: Principal,
  ): Promise<AnomalyResponse> {
    return this.anomalies.acknowledge(id, userId, note);
  }
}
