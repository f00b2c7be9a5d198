// Parts of the product on bare Fastify, one more with each step, so that each one's cost is a difference of two rows: `model` reads the body
// strictly, checks it and scores it; `token` asks whose token came, too; `service` scans the body and counts the prediction. Reads the settings of the product.
import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import Fastify from 'fastify';

const [step] = process.argv.slice(2);
/** The compiled product. */
const part = (path) => import(pathToFileURL(resolve('dist/src', path)).href);

const { loadConfig } = await part('config/load-config.js');
const { createApp } = await part('create-app.js');
const { BearerTokens } = await part('auth/bearer-tokens.js');
const { parseStrictJson } = await part('common/strict-json.js');
const { ModelSlot } = await part('model/model-slot.js');
const { readPredictRequest } = await part('prediction/predict-request.js');
const { PredictionService } = await part('prediction/prediction.service.js');
const { encodeRow, labelsOf, scoreRow } = await part('prediction/score-row.js');

const product = await createApp(await loadConfig());
const of = (token) => product.get(token, { strict: false });
const [tokens, slot, predictions] = [BearerTokens, ModelSlot, PredictionService].map(of);

async function score(json) {
  const value = parseStrictJson(json.toString());
  const model = slot.current();
  const row = encodeRow(model, readPredictRequest(value).features);
  if (row.issues.length > 0) throw new Error('the row of the benchmark is not valid');
  const { label, probability, warnings } = await scoreRow(model, row);
  const { model: name, version } = labelsOf(model);
  const { threshold } = model.bundle.report;
  return { id: randomUUID(), label, probability, threshold, model: { name, version }, warnings };
}

const callerOf = async ({ raw }) => tokens.recall(raw) ?? (await tokens.authenticate(raw));

const serve = (json, caller) =>
  new Promise((answered, refused) => {
    predictions.begin(json, caller, { answered, refused, afterAnswer: setImmediate });
  });

const HANDLERS = {
  model: (request) => score(request.body),
  token: async (request) => {
    await callerOf(request);
    return score(request.body);
  },
  service: async (request) => serve(request.body, await callerOf(request)),
};

const app = Fastify();
app.removeAllContentTypeParsers();
app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
  done(null, body);
});
app.post('/predict', HANDLERS[step]);
await app.listen({ port: 0, host: '127.0.0.1' });
process.stdout.write(`serving on http://127.0.0.1:${app.server.address().port}\n`);
