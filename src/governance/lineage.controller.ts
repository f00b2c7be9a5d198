// The route that tells where a prediction comes from.
import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Requires } from '../common/access.ts';
import { IdParam } from '../common/id-param.ts';
import { LineageResponse } from './governance.dto.ts';
import { LineageService } from './lineage.service.ts';

@ApiTags('prediction')
@Controller('predictions/:id/lineage')
export class LineageController {
  constructor(private readonly lineages: LineageService) {}

  @Get()
  @Requires('read')
  @ApiOperation({
    summary: 'Where a prediction comes from',
    description:
      'The bytes, run, parameters and data of the version that answered, and how it came to answer; also after it left the registry.',
  })
  @ApiParam({
    name: 'id',
    format: 'uuid',
    description: 'The id that the prediction answered with.',
  })
  @ApiOkResponse({ type: LineageResponse })
  lineage(@IdParam('prediction') id: string): Promise<LineageResponse> {
    return this.lineages.of(id);
  }
}
