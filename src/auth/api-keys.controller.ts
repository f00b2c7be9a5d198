// /api-keys: keys for machines.
import { Body, Controller, Delete, Get, Header, HttpCode, Post } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import { Caller, Requires, type Principal } from '../common/access.ts';
import type { Origin } from '../common/audit-trail.ts';
import { IdParam } from '../common/id-param.ts';
import { RequestOrigin } from '../common/request-origin.ts';
import { ApiKeyResponse, CreateApiKeyDto, CreatedApiKeyResponse } from './api-keys.dto.ts';
import { ApiKeysService } from './api-keys.service.ts';

@ApiTags('auth')
@Controller('api-keys')
export class ApiKeysController {
  constructor(private readonly apiKeys: ApiKeysService) {}

  @Get()
  @Requires('any')
  @ApiOperation({ summary: 'Your API keys; everybody’s for an admin' })
  @ApiOkResponse({ type: ApiKeyResponse, isArray: true })
  async list(@Caller() caller: Principal): Promise<readonly ApiKeyResponse[]> {
    return (await this.apiKeys.list(caller)).map((row) => new ApiKeyResponse(row));
  }

  @Post()
  @Requires('any')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    summary: 'Create an API key',
    description: 'The answer is the only place where the key stands. Only its hash is stored.',
  })
  @ApiCreatedResponse({ type: CreatedApiKeyResponse })
  async create(
    @Caller() caller: Principal,
    @Body() body: CreateApiKeyDto,
    @RequestOrigin() origin: Origin,
  ): Promise<CreatedApiKeyResponse> {
    const created = await this.apiKeys.create(caller, body.toNewApiKey(), origin);
    return new CreatedApiKeyResponse(created);
  }

  @Delete(':id')
  @Requires('any')
  @HttpCode(204)
  @ApiOperation({ summary: 'Revoke an API key: your own, or anybody’s as an admin' })
  @ApiParam({ name: 'id', format: 'uuid', description: 'The id of the key.' })
  @ApiNoContentResponse({ description: 'Revoked.' })
  delete(
    @Caller() caller: Principal,
    @IdParam('API key') id: string,
    @RequestOrigin() origin: Origin,
  ): Promise<void> {
    return this.apiKeys.delete(caller, id, origin);
  }
}
