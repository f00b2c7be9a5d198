// Routes that read what happened to models, and where a prediction comes from.
import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Requires } from '../common/access.ts';
import { IdParam } from '../common/id-param.ts';
import { ModelRegistry } from '../model/registry/model-registry.ts';
import { HistoryQuery, HistoryResponse, LineageResponse } from './governance.dto.ts';
import { LineageService } from './lineage.service.ts';
import { ModelHistory } from './model-history.ts';

@Controller()
@Requires('read')
export class HistoryController {
  constructor(
    private readonly history: ModelHistory,
    private readonly lineages: LineageService,
    private readonly registry: ModelRegistry,
  ) {}

  @Get('models/:name/history')
  @ApiTags('models')
  @ApiOperation({
    summary: 'What happened to a model, newest first',
    description:
      'Who moved which alias and why, which version served from when to when, what could not be loaded or was refused.',
  })
  @ApiParam({ name: 'name', example: 'foretell' })
  @ApiOkResponse({ type: HistoryResponse })
  async events(
    @Param('name') name: string,
    @Query() { limit, cursor }: HistoryQuery,
  ): Promise<HistoryResponse> {
    const page = await this.history.list(name, limit, cursor);
    // A model that was deleted keeps its history; one that never was is not found.
    if (page.items.length === 0 && cursor === undefined) await this.registry.listVersions(name);
    return new HistoryResponse(page);
  }

  @Get('predictions/:id/lineage')
  @ApiTags('prediction')
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
