// The baselines: Fastify with a constant of the shape of our answer, and Fastify with ONNX Runtime, one run a request or one run for the
// requests of one turn of the event loop. Arguments: `constant`, or `each` or `shared` and the model's file and number of features. Prints its port.
import Fastify from 'fastify';
import { InferenceSession, Tensor } from 'onnxruntime-node';

const [kind, file, width] = process.argv.slice(2);
const answer = (probability) => ({
  id: '00000000-0000-4000-8000-000000000000',
  label: 'benign',
  probability,
  threshold: 0.5,
  model: { name: 'foretell', version: '1' },
  warnings: [],
});

const open = () => InferenceSession.create(file, { intraOpNumThreads: 1, interOpNumThreads: 1 });

/** Probabilities of rows that lie one after another. */
async function score(session, cells, count) {
  const features = new Tensor('float32', cells, [count, Number(width)]);
  return (await session.run({ features }, ['probability'])).probability.data;
}

const rowOf = ({ body }) => Object.values(body.features);

async function eachByItself() {
  const session = await open();
  return async (request) => answer((await score(session, Float32Array.from(rowOf(request)), 1))[0]);
}

async function shared() {
  const session = await open();
  let waiting = [];
  const flush = async () => {
    const batch = waiting;
    waiting = [];
    const cells = new Float32Array(batch.length * Number(width));
    batch.forEach(({ row }, i) => cells.set(row, i * Number(width)));
    const probabilities = await score(session, cells, batch.length);
    batch.forEach(({ resolve }, i) => resolve(answer(probabilities[i])));
  };
  return (request) =>
    new Promise((resolve) => {
      if (waiting.length === 0) setImmediate(() => void flush());
      waiting.push({ row: rowOf(request), resolve });
    });
}

const HANDLERS = { constant: async () => async () => answer(0.5), each: eachByItself, shared };

const app = Fastify({ bodyLimit: 2 ** 28 });
app.post('/predict', await HANDLERS[kind]());
await app.listen({ port: 0, host: '127.0.0.1' });
process.stdout.write(`serving on http://127.0.0.1:${app.server.address().port}\n`);
