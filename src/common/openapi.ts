// The OpenAPI document and its page: /docs-json follows the model being served, /docs shows it with Swagger UI.
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { serveDocsPage } from './docs-page.ts';
import { documentProblems, type SchemaObject } from './problem-responses.ts';
import { VERSION } from './version.ts';

/** What the document says about the model being served; the prediction module implements it. */
export abstract class ServedModelSchemas {
  /** The live model, compared by identity: another one makes another document. null while there is none. */
  abstract served(): object | null;
  /** Component schemas by name, as the live model has them; generic ones while there is none. */
  abstract schemas(): Readonly<Record<string, SchemaObject>>;
}

const SCOPE_MEANINGS = {
  predict: 'Ask for predictions.',
  read: 'Read predictions, models and monitoring.',
  operate: 'Promote and roll back models.',
  admin: 'Manage users, and read who did what.',
};

const SETTINGS = new DocumentBuilder()
  .setOpenAPIVersion('3.0.3')
  .setTitle('Foretell')
  .setDescription(
    'Predictions of a tabular model, with users, API keys, monitoring and a log of every prediction. ' +
      'The schema of `/predict` is that of the model being served now. Errors are RFC 9457 problems.',
  )
  .setVersion(VERSION)
  .setLicense('MIT', 'https://opensource.org/license/mit')
  .addTag('prediction', 'The model being served: ask it, and read what it answered.')
  .addTag('jobs', 'Rows that outgrow a request, scored in the background.')
  .addTag('models', 'What is being served and where it comes from.')
  .addTag('auth', 'Tokens and API keys.')
  .addTag('users', 'Who may do what.')
  .addTag('audit', 'Who did what.')
  .addTag('monitoring', 'Metrics, and what the log tells about the models.')
  .addTag('health', 'For orchestrators.')
  .addOAuth2(
    { type: 'oauth2', flows: { password: { tokenUrl: '/token', scopes: SCOPE_MEANINGS } } },
    'oauth2',
  )
  .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' }, 'bearer')
  .addApiKey({ type: 'apiKey', in: 'header', name: 'X-API-Key' }, 'api_key')
  .build();

/** Adds /docs and /docs-json, both open. Call before the application is initialised. */
export function setUpOpenApi(app: NestFastifyApplication): void {
  const fastify = app.getHttpAdapter().getInstance();
  const currentDocument = liveDocument(app);
  fastify.get('/docs-json', (_request, reply) =>
    reply.header('Cache-Control', 'no-cache').type('application/json').send(currentDocument()),
  );
  serveDocsPage(fastify);
}

/** The document as JSON text, made on first demand and again when another model goes live. */
function liveDocument(app: NestFastifyApplication): () => string {
  const source = app.get(ServedModelSchemas, { strict: false });
  let routes: OpenAPIObject | undefined;
  let made: { readonly served: object | null; readonly text: string } | undefined;
  return () => {
    const served = source.served();
    if (made === undefined || made.served !== served) {
      // Routes are known once the application is initialised: not before the first request.
      routes ??= documentProblems(SwaggerModule.createDocument(app, SETTINGS));
      made = { served, text: JSON.stringify(withSchemas(routes, source.schemas())) };
    }
    return made.text;
  };
}

const withSchemas = (
  document: OpenAPIObject,
  schemas: Readonly<Record<string, SchemaObject>>,
): OpenAPIObject => ({
  ...document,
  components: { ...document.components, schemas: { ...document.components?.schemas, ...schemas } },
});
