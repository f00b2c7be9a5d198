// The route that reads what happened to a model.
import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Requires } from '../common/access.ts';
import { PageQuery } from '../common/page-query.ts';
import { ModelRegistry } from '../model/registry/model-registry.ts';
import { HistoryResponse } from './governance.dto.ts';
import { ModelHistory } from './model-history.ts';

@ApiTags('models')
@Controller('models/:name/history')
export class HistoryController {
  constructor(
    private readonly history: ModelHistory,
    private readonly registry: ModelRegistry,
  ) {}

  @Get()
  @Requires('read')
  @ApiOperation({
    summary: 'What happened to a model, newest first',
    description:
      'Who moved which alias and why, which version served from when to when, what could not be loaded or was refused.',
  })
  @ApiParam({ name: 'name', example: 'foretell' })
  @ApiOkResponse({ type: HistoryResponse })
  async events(
    @Param('name') name: string,
    @Query() { limit, cursor }: PageQuery,
  ): Promise<HistoryResponse> {
    const page = await this.history.list(name, limit, cursor);
    // A model that was deleted keeps its history; one that never was is not found.
    if (page.items.length === 0 && cursor === undefined) await this.registry.listVersions(name);
    return new HistoryResponse(page);
  }
}
