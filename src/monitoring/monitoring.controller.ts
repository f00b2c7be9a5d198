// GET /monitoring: what the log tells about the models.
import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Requires } from '../common/access.ts';
import { ComparisonQuery, ComparisonResponse } from './champion-challenger.dto.ts';
import { ChampionChallengerService } from './champion-challenger.service.ts';
import { ExplanationsQuery, ExplanationsResponse } from './explanations.dto.ts';
import { ExplanationsService } from './explanations.service.ts';

@ApiTags('monitoring')
@Controller('monitoring')
@Requires('read')
export class MonitoringController {
  constructor(
    private readonly championChallenger: ChampionChallengerService,
    private readonly explanations: ExplanationsService,
  ) {}

  @Get('champion-challenger')
  @ApiOperation({
    summary: 'Champion and challenger compared',
    description:
      'In shadow mode on the same rows, and so pair by pair. In canary mode between the two groups of callers, whose differences are the ' +
      "callers' and chance's as well as the models'.",
  })
  @ApiOkResponse({ type: ComparisonResponse })
  compare(@Query() query: ComparisonQuery): Promise<ComparisonResponse> {
    return this.championChallenger.compare(query);
  }

  @Get('explanations')
  @ApiOperation({
    summary: 'What moved the answers',
    description:
      'Over the explanations that were asked for and stored: for each model version, method and background the mean contribution of each ' +
      'feature, with its sign and without, over all rows and by label.',
  })
  @ApiOkResponse({ type: ExplanationsResponse })
  explain(@Query() query: ExplanationsQuery): Promise<ExplanationsResponse> {
    return this.explanations.summarise(query);
  }
}
