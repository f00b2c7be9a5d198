// The page at /docs: Swagger UI from swagger-ui-dist. The page Nest would serve has inline styles and a validator elsewhere; this one has
// neither, so it lives under the strict content-security policy and without a network.
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import getSwaggerUiPath from 'swagger-ui-dist/absolute-path.js';

const ASSETS: ReadonlySet<string> = new Set([
  '/swagger-ui.css',
  '/swagger-ui-bundle.js',
  '/favicon-32x32.png',
]);

// References are relative, so that the page also works below a prefix of a proxy.
const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Foretell API</title>
    <link rel="icon" type="image/png" href="docs/favicon-32x32.png" sizes="32x32" />
    <link rel="stylesheet" href="docs/swagger-ui.css" />
    <link rel="stylesheet" href="docs/page.css" />
  </head>
  <body>
    <div id="swagger-ui"></div>
    <script src="docs/swagger-ui-bundle.js"></script>
    <script src="docs/page.js"></script>
  </body>
</html>
`;

const STYLE = `html { box-sizing: border-box; overflow-y: scroll; }
*, *::before, *::after { box-sizing: inherit; }
body { margin: 0; background: #fafafa; }
`;

// No validatorUrl: Swagger UI would otherwise send the document's address to a public service.
const SCRIPT = `window.ui = SwaggerUIBundle({
  url: new URL('docs-json', window.location.href).href,
  dom_id: '#swagger-ui',
  validatorUrl: null,
  deepLinking: true,
  tryItOutEnabled: true,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
});
`;

const TEXTS: Readonly<Record<string, { readonly type: string; readonly text: string }>> = {
  '/docs': { type: 'text/html; charset=utf-8', text: PAGE },
  '/docs/page.css': { type: 'text/css; charset=utf-8', text: STYLE },
  '/docs/page.js': { type: 'text/javascript; charset=utf-8', text: SCRIPT },
};

export function serveDocsPage(fastify: FastifyInstance): void {
  for (const [path, { type, text }] of Object.entries(TEXTS)) {
    fastify.get(path, (_request, reply) =>
      reply.header('Cache-Control', 'no-cache').type(type).send(text),
    );
  }
  fastify.get('/docs/', (_request, reply) => reply.redirect('../docs'));
  void fastify.register(fastifyStatic, {
    root: getSwaggerUiPath(),
    prefix: '/docs/',
    decorateReply: false,
    allowedPath: (path) => ASSETS.has(path),
    maxAge: '1h',
    index: false,
  });
}
