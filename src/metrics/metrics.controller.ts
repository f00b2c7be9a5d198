// GET /metrics for Prometheus: open, or behind METRICS_TOKEN.
import { createHash, timingSafeEqual } from 'node:crypto';
import { Controller, Get, Headers, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Registry } from 'prom-client';
import { Probe } from '../common/access.ts';
import { AppError } from '../common/errors.ts';
import { Siblings } from '../common/siblings.ts';
import { Config } from '../config/load-config.ts';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

@ApiTags('monitoring')
@Controller()
export class MetricsController {
  constructor(
    private readonly config: Config,
    private readonly registry: Registry,
    private readonly siblings: Siblings,
  ) {
    siblings.primary?.answer('metrics', () => registry.getMetricsAsJSON());
  }

  /** The path comes from PrometheusModule.register. */
  @Probe()
  @Get()
  @ApiOperation({
    summary: 'Metrics in the Prometheus text format',
    description: 'Open by default; where METRICS_TOKEN is set, send it as a bearer token.',
  })
  @ApiOkResponse({ content: { 'text/plain': { schema: { type: 'string' } } } })
  async index(
    @Headers('authorization') authorization: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    this.check(authorization);
    reply.header('Content-Type', this.registry.contentType).header('Cache-Control', 'no-store');
    return this.read();
  }

  /** Of all workers, where there are several. */
  private async read(): Promise<string> {
    const { primary } = this.siblings;
    return primary === null ? this.registry.metrics() : ((await primary.ask('scrape')) as string);
  }

  private check(authorization: string | undefined): void {
    const { metricsToken } = this.config;
    if (metricsToken === null) return;
    // Digests have one length: the comparison takes the same time for every wrong token.
    if (timingSafeEqual(digest(authorization ?? ''), digest(`Bearer ${metricsToken}`))) return;
    throw new AppError('UNAUTHENTICATED', 'Send the metrics token as a bearer token.');
  }
}
