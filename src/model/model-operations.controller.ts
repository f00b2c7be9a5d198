// Routes by which operators steer what is served.
import { Body, Controller, HttpCode, Post, Put } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Requires } from '../common/access.ts';
import { ChallengerRequest, ChallengerResponse, ReloadResponse } from './model-operations.dto.ts';
import { ModelOperations } from './model-operations.ts';

@ApiTags('models')
@Controller('models')
@Requires('operate')
export class ModelOperationsController {
  constructor(private readonly operations: ModelOperations) {}

  @Post('reload')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Look at the registry now',
    description:
      'Loads the version that MODEL_URI names if it is another one, also where it was refused before. On failure the problem says why and which version stays live.',
  })
  @ApiOkResponse({ type: ReloadResponse })
  reload(): Promise<ReloadResponse> {
    return this.operations.reload();
  }

  @Put('challenger')
  @ApiOperation({
    summary: 'What the challenger does',
    description:
      'The challenger is the version with the alias challenger. Holds until the server ends; a start begins with CHALLENGER.',
  })
  @ApiOkResponse({ type: ChallengerResponse })
  setChallenger(@Body() request: ChallengerRequest): Promise<ChallengerResponse> {
    return this.operations.setChallenger(request);
  }
}
