import 'reflect-metadata';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Controller, Get, Module, Param, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Registry } from 'prom-client';
import { ProblemFilter } from '../common/problem.filter.ts';
import { NoSiblings } from '../common/siblings.ts';
import { SiblingsModule } from '../common/siblings.module.ts';
import { ConfigModule } from '../config/config.module.ts';
import { parseConfig } from '../config/load-config.ts';
import { instrumentHttp } from './instrument-http.ts';
import { HttpInstruments, ModelInstruments, PredictionInstruments } from './instruments.ts';
import { MetricsModule } from './metrics.module.ts';
import { untilTrue } from '../../test/support/until.ts';

const TOKEN = 'a-metrics-token-of-this-test';

@Controller('things')
class ThingsController {
  @Get(':id')
  one(@Param('id') id: string): { id: string } {
    return { id };
  }

  @Post('slow')
  async slow(): Promise<string> {
    await sleep(2000);
    return 'done';
  }
}

@Module({ controllers: [ThingsController] })
class ThingsModule {}

async function start(environment: Record<string, string> = {}): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter();
  const app = await NestFactory.create<NestFastifyApplication>(
    {
      module: ThingsModule,
      imports: [
        ConfigModule.with(parseConfig(environment)),
        SiblingsModule.with(new NoSiblings()),
        MetricsModule.withOwnRegistry(),
      ],
    },
    adapter,
    { logger: false },
  );
  instrumentHttp(adapter.getInstance(), app.get(HttpInstruments));
  app.useGlobalFilters(new ProblemFilter());
  await app.listen(0, '127.0.0.1');
  return app;
}

const scrape = (app: NestFastifyApplication): Promise<string> => app.get(Registry).metrics();

describe('metrics', () => {
  const apps: NestFastifyApplication[] = [];
  const started = async (
    environment?: Record<string, string>,
  ): Promise<[NestFastifyApplication, string]> => {
    const app = await start(environment);
    apps.push(app);
    return [app, await app.getUrl()];
  };
  afterEach(async () => {
    await Promise.all(apps.splice(0).map((app) => app.close()));
  });

  it('labels requests by route template and unmatched paths as one', async () => {
    const [app, url] = await started();
    for (const path of ['/things/1', '/things/2', '/nowhere/1', '/nowhere/2'])
      await (await fetch(url + path)).text();
    const text = await scrape(app);
    expect(text).toContain(
      'http_request_duration_seconds_count{method="GET",route="/things/:id",code="200"} 2',
    );
    expect(text).toContain(
      'http_request_duration_seconds_count{method="GET",route="unmatched",code="404"} 2',
    );
    expect(text).not.toContain('nowhere');
  });

  it('has the server-error series of each known route at 0 before any request', async () => {
    const [app] = await started();
    const text = await scrape(app);
    expect(text).toContain(
      'http_request_duration_seconds_count{method="GET",route="/things/:id",code="500"} 0',
    );
    expect(text).toContain(
      'http_request_duration_seconds_count{method="POST",route="/things/slow",code="500"} 0',
    );
  });

  it('serves the Prometheus text format with process metrics, open by default', async () => {
    const [, url] = await started();
    const answer = await fetch(`${url}/metrics`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toContain('text/plain');
    const text = await answer.text();
    expect(text).toMatch(/^process_resident_memory_bytes \d+/m);
    expect(text).toMatch(/^http_requests_in_flight 1$/m);
  });

  it('asks for the bearer token where one is set', async () => {
    const [, url] = await started({ METRICS_TOKEN: TOKEN });
    const status = async (authorization?: string): Promise<number> =>
      (
        await fetch(`${url}/metrics`, {
          headers: authorization === undefined ? {} : { authorization },
        })
      ).status;
    expect(await status()).toBe(401);
    expect(await status('Bearer something-else')).toBe(401);
    expect(await status(`Bearer ${TOKEN}`)).toBe(200);
  });

  it('counts a client that left before its answer as 499 and no longer in flight', async () => {
    const [app, url] = await started();
    const { port } = new URL(url);
    const socket = connect(Number(port), '127.0.0.1');
    socket.write('POST /things/slow HTTP/1.1\r\nHost: test\r\nContent-Length: 0\r\n\r\n');
    const untilInFlight = async (count: number): Promise<string> => {
      let text = '';
      await untilTrue(
        async () => {
          text = await scrape(app);
          return text.includes(`\nhttp_requests_in_flight ${count}\n`);
        },
        20_000,
        5,
      );
      return text;
    };
    await untilInFlight(1);
    socket.destroy();
    expect(await untilInFlight(0)).toContain('route="/things/slow",code="499"} 1');
  });

  it('keeps two applications of one process apart', async () => {
    const [first, url] = await started();
    const [second] = await started();
    await (await fetch(`${url}/things/1`)).text();
    const series =
      'http_request_duration_seconds_count{method="GET",route="/things/:id",code="200"} 1';
    expect(await scrape(first)).toContain(series);
    expect(await scrape(second)).not.toContain(series);
  });

  it('has both outcomes of a model at 0 and its cut-off among the score bounds', async () => {
    const [app] = await started();
    app.get(PredictionInstruments).expectModel({ model: 'm', version: '3' }, 0.371);
    const text = await scrape(app);
    expect(text).toContain('model_predictions_total{model="m",version="3",outcome="low_risk"} 0');
    expect(text).toContain('model_predictions_total{model="m",version="3",outcome="high_risk"} 0');
    expect(text).toContain('model_prediction_score_bucket{le="0.371",model="m",version="3"} 0');
  });

  it('moves the score bounds with the cut-off of the next model', async () => {
    const [app] = await started();
    const instruments = app.get(PredictionInstruments);
    instruments.expectModel({ model: 'm', version: '3' }, 0.371);
    instruments.expectModel({ model: 'm', version: '4' }, 0.42);
    instruments.of({ model: 'm', version: '4' }).predicted(true, 0.43);
    const text = await scrape(app);
    expect(text).not.toContain('le="0.371"');
    expect(text).toContain('model_prediction_score_bucket{le="0.42",model="m",version="4"} 0');
    expect(text).toContain('model_prediction_score_bucket{le="0.45",model="m",version="4"} 1');
  });

  it('names only the live model in model_info', async () => {
    const [app] = await started();
    const instruments = app.get(ModelInstruments);
    for (const version of ['1', '2']) {
      instruments.wentLive({ model: 'm', version, framework: 'onnx', sha256: 'abc' });
    }
    const live = (await scrape(app)).split('\n').filter((line) => line.startsWith('model_info{'));
    expect(live).toEqual(['model_info{model="m",version="2",framework="onnx",sha256="abc"} 1']);
  });
});
