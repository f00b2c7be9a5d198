// Routes that read models: the live one, and what the registry holds.
import { Controller, Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Requires } from '../common/access.ts';
import { ModelCatalogue } from './model-catalogue.ts';
import { ModelInfoResponse, ModelListResponse, ModelVersionListResponse } from './model.dto.ts';

@ApiTags('models')
@Controller()
export class ModelController {
  constructor(private readonly catalogue: ModelCatalogue) {}

  @Get('model-info')
  @Requires('any')
  @ApiOperation({
    summary: 'The model being served',
    description: 'Where it comes from, what it was measured at, and the features it takes.',
  })
  @ApiOkResponse({ type: ModelInfoResponse })
  live(): ModelInfoResponse {
    return this.catalogue.live();
  }

  @Get('models')
  @Requires('read')
  @ApiOperation({ summary: 'Registered models' })
  @ApiOkResponse({ type: ModelListResponse })
  models(): Promise<ModelListResponse> {
    return this.catalogue.models();
  }

  @Get('models/:name/versions')
  @Requires('read')
  @ApiOperation({ summary: 'Versions of a model, newest first' })
  @ApiParam({ name: 'name', example: 'foretell' })
  @ApiOkResponse({ type: ModelVersionListResponse })
  versions(@Param('name') name: string): Promise<ModelVersionListResponse> {
    return this.catalogue.versions(name);
  }
}
