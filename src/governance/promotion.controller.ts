// Routes by which operators decide which version is champion.
import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Caller, Requires, type Principal } from '../common/access.ts';
import type { Origin } from '../common/audit-trail.ts';
import { RequestOrigin } from '../common/request-origin.ts';
import { ChampionService } from './champion.service.ts';
import {
  PromoteRequest,
  PromotionResponse,
  RollbackRequest,
  RollbackResponse,
} from './governance.dto.ts';

@ApiTags('models')
@ApiParam({ name: 'name', example: 'foretell' })
@Controller('models/:name')
@Requires('operate')
export class PromotionController {
  constructor(private readonly champions: ChampionService) {}

  @Post('promote')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Make a version champion, if the gate passes',
    description:
      'Answers when this server serves it. A gate that refuses answers 409 with its `report`; `force` with a `reason` overrules it, except where the version cannot be served at all.',
  })
  @ApiOkResponse({ type: PromotionResponse })
  promote(
    @Param('name') model: string,
    @Body() { version, force = false, reason }: PromoteRequest,
    @Caller() { username }: Principal,
    @RequestOrigin() origin: Origin,
  ): Promise<PromotionResponse> {
    return this.champions.promote({
      model,
      version,
      force,
      reason: reason ?? null,
      actor: username,
      origin,
    });
  }

  @Post('rollback')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Go back to the champion before',
    description:
      'Without a gate. Going back twice goes back two champions; a promotion goes forward again.',
  })
  @ApiOkResponse({ type: RollbackResponse })
  rollback(
    @Param('name') model: string,
    @Body() { reason }: RollbackRequest,
    @Caller() { username }: Principal,
    @RequestOrigin() origin: Origin,
  ): Promise<RollbackResponse> {
    return this.champions.rollback({ model, reason: reason ?? null, actor: username, origin });
  }
}
