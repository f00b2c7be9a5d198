// The baseline: bare Fastify that reads the same requests and answers each with the bytes that our server answered once. Argument: a JSON file of
// answers { method, path, type, body }, where the path has its query. Prints its port.
import { readFileSync } from 'node:fs';
import Fastify from 'fastify';

const [file] = process.argv.slice(2);
const answers = new Map(
  JSON.parse(readFileSync(file, 'utf8')).map(({ method, path, type, body }) => [
    `${method} ${path}`,
    { type, body },
  ]),
);

const app = Fastify();
app.addContentTypeParser('text/csv', { parseAs: 'string' }, (_request, body, done) => {
  done(null, body);
});
app.all('*', (request, reply) => {
  const { type, body } = answers.get(`${request.method} ${request.url}`);
  reply.type(type).send(body);
});
await app.listen({ port: 0, host: '127.0.0.1' });
process.stdout.write(`serving on http://127.0.0.1:${app.server.address().port}\n`);
