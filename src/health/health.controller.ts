// For orchestrators: is the process alive, and may it have traffic.
import { Controller, Get, HttpCode, Res } from '@nestjs/common';
import {
  ApiOkResponse,
  ApiOperation,
  ApiServiceUnavailableResponse,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Probe } from '../common/access.ts';
import { LivenessResponse, ReadinessResponse } from './health.dto.ts';
import { ReadinessService } from './readiness.service.ts';

@ApiTags('health')
@Probe()
@Controller('health')
export class HealthController {
  constructor(private readonly readiness: ReadinessService) {}

  @Get('live')
  @ApiOperation({ summary: 'The process answers' })
  @ApiOkResponse({ type: LivenessResponse })
  live(@Res({ passthrough: true }) reply: FastifyReply): LivenessResponse {
    reply.header('Cache-Control', 'no-store');
    return { status: 'ok' };
  }

  @Get('ready')
  @HttpCode(200)
  @ApiOperation({ summary: 'A verified model is being served and the database answers' })
  @ApiOkResponse({ type: ReadinessResponse })
  @ApiServiceUnavailableResponse({
    type: ReadinessResponse,
    description: 'Not ready: each check says why.',
  })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<ReadinessResponse> {
    const readiness = await this.readiness.check();
    reply.header('Cache-Control', 'no-store').status(readiness.status === 'ok' ? 200 : 503);
    return readiness;
  }
}
