// Routes by which operators steer what is served.
import { Body, Controller, HttpCode, Post, Put } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Requires } from '../common/access.ts';
import { AuditTrail, type Origin } from '../common/audit-trail.ts';
import { RequestOrigin } from '../common/request-origin.ts';
import { ChallengerRequest, ChallengerResponse, ReloadResponse } from './model-operations.dto.ts';
import { ModelOperations } from './model-operations.ts';

@ApiTags('models')
@Controller('models')
@Requires('operate')
export class ModelOperationsController {
  constructor(
    private readonly operations: ModelOperations,
    private readonly audit: AuditTrail,
  ) {}

  @Post('reload')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Look at the registry now',
    description:
      'Loads the version that MODEL_URI names if it is another one, also where it was refused before. On failure the problem says why and which version stays live.',
  })
  @ApiOkResponse({ type: ReloadResponse })
  reload(@RequestOrigin() origin: Origin): Promise<ReloadResponse> {
    return this.audit.recorded(
      { action: 'model_reloaded', origin, target: null },
      () => this.operations.reload(),
      ({ model: { name, version }, changed }) => ({ name, version, changed }),
    );
  }

  @Put('challenger')
  @ApiOperation({
    summary: 'What the challenger does',
    description:
      'The challenger is the version with the alias challenger. Holds until the server ends; a start begins with CHALLENGER.',
  })
  @ApiOkResponse({ type: ChallengerResponse })
  setChallenger(
    @Body() request: ChallengerRequest,
    @RequestOrigin() origin: Origin,
  ): Promise<ChallengerResponse> {
    const { mode, share } = request;
    return this.audit.recorded(
      { action: 'challenger_changed', origin, target: null, details: { mode, share } },
      () => this.operations.setChallenger(request),
      ({ share, model }) => ({ share, version: model?.version ?? null }),
    );
  }
}
