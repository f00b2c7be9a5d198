import 'reflect-metadata';
import { Body, Controller, Get, Module, Param, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { ApiBody, ApiOperation, type OpenAPIObject } from '@nestjs/swagger';
import { Public, Requires } from './access.ts';
import { ServedModelSchemas, setUpOpenApi } from './openapi.ts';
import type { SchemaObject } from './problem-responses.ts';
import { securityHeaders } from './security-headers.ts';

/** A model that changes when told. */
class ChangingSchemas extends ServedModelSchemas {
  model: { readonly name: string } | null = null;

  served(): object | null {
    return this.model;
  }

  schemas(): Record<string, SchemaObject> {
    return { PredictRequest: { type: 'object', description: this.model?.name ?? 'none' } };
  }
}

@Controller()
class RoutesController {
  @Post('predict')
  @Requires('predict')
  @ApiOperation({ summary: 'Predict' })
  @ApiBody({ schema: { $ref: '#/components/schemas/PredictRequest' } })
  predict(@Body() body: unknown): unknown {
    return body;
  }

  @Get('things/:id')
  @Requires('any')
  thing(@Param('id') id: string): string {
    return id;
  }

  @Get('open')
  @Public()
  open(): string {
    return 'open';
  }
}

@Module({
  controllers: [RoutesController],
  providers: [{ provide: ServedModelSchemas, useClass: ChangingSchemas }],
})
class RoutesModule {}

describe('OpenAPI', () => {
  let app: NestFastifyApplication;
  let url: string;

  beforeAll(async () => {
    const adapter = new FastifyAdapter();
    app = await NestFactory.create<NestFastifyApplication>(RoutesModule, adapter, {
      logger: false,
    });
    adapter.getInstance().addHook('onRequest', (_request, reply, done) => {
      reply.headers(securityHeaders(false).page);
      done();
    });
    setUpOpenApi(app);
    await app.listen(0, '127.0.0.1');
    url = await app.getUrl();
  });
  afterAll(() => app.close());

  const load = async (): Promise<OpenAPIObject> =>
    (await (await fetch(`${url}/docs-json`)).json()) as OpenAPIObject;
  const responsesOf = async (path: string, method: 'get' | 'post'): Promise<string[]> =>
    Object.keys((await load()).paths[path]?.[method]?.responses ?? {});

  it('follows the model being served, with no restart', async () => {
    const source = app.get<ChangingSchemas>(ServedModelSchemas);
    const description = async (): Promise<unknown> =>
      ((await load()).components?.schemas?.['PredictRequest'] as SchemaObject).description;
    expect(await description()).toBe('none');
    source.model = { name: 'first' };
    expect(await description()).toBe('first');
    source.model = { name: 'second' };
    expect(await description()).toBe('second');
  });

  it('documents the problems that the shape of a route lets happen', async () => {
    expect(await responsesOf('/predict', 'post')).toEqual(
      expect.arrayContaining(['201', '400', '401', '403', '413', '415', '422', '500', '503']),
    );
    expect(await responsesOf('/things/{id}', 'get')).toEqual(['200', '401', '404', '429']);
    expect(await responsesOf('/open', 'get')).toEqual(['200']);
  });

  it('gives each problem its media type, schema and an example with its code', async () => {
    const { paths, components } = await load();
    const forbidden = paths['/predict']?.post?.responses['403'] as {
      content?: Record<string, unknown>;
    };
    expect(forbidden.content?.['application/problem+json']).toMatchObject({
      schema: { $ref: '#/components/schemas/Problem' },
      examples: { FORBIDDEN: { value: { status: 403, code: 'FORBIDDEN' } } },
    });
    expect(components?.schemas?.['Problem']).toBeDefined();
  });

  it('names the three ways to authenticate, the password flow at /token among them', async () => {
    const { components } = await load();
    expect(components?.securitySchemes).toMatchObject({
      oauth2: { type: 'oauth2', flows: { password: { tokenUrl: '/token' } } },
      bearer: { type: 'http', scheme: 'bearer' },
      api_key: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
    });
  });

  it('has a page without inline script, inline style or anything from elsewhere', async () => {
    const page = await (await fetch(`${url}/docs`)).text();
    expect(page).not.toMatch(/<style|style=|<script>|<script [^>]*>[^<]|\son\w+=/);
    expect(page).not.toContain('//');
    const references = [...page.matchAll(/(?:href|src)="([^"]+)"/g)].map(
      ([, reference]) => reference ?? '',
    );
    expect(references).toHaveLength(5);
    for (const reference of references) {
      const answer = await fetch(new URL(reference, `${url}/docs`));
      expect([reference, answer.status]).toEqual([reference, 200]);
      await answer.arrayBuffer();
    }
  });

  it('tells Swagger UI to ask no validator elsewhere', async () => {
    const script = await (await fetch(`${url}/docs/page.js`)).text();
    expect(script).toContain('validatorUrl: null');
    expect(script).not.toMatch(/https?:/);
  });

  it('shows the page at /docs/ too and no other file of the package', async () => {
    const redirected = await fetch(`${url}/docs/`);
    expect(redirected.url).toBe(`${url}/docs`);
    for (const file of ['package.json', 'index.html', 'swagger-ui.js', '..%2fpackage.json']) {
      expect((await fetch(`${url}/docs/${file}`)).status).toBe(404);
    }
  });
});
