// The baselines: Fastify with a constant of the shape of our answer, and Fastify with ONNX Runtime, one run for the requests of one tick.
// Arguments: `constant`, or `onnx` and the model's file and number of features. Prints its port.
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

async function onnxHandler() {
  const features = Number(width);
  const session = await InferenceSession.create(file, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
  });
  let waiting = [];
  const flush = () => {
    const batch = waiting;
    waiting = [];
    const cells = new Float32Array(batch.length * features);
    batch.forEach(({ row }, i) => cells.set(row, i * features));
    void session
      .run({ features: new Tensor('float32', cells, [batch.length, features]) }, ['probability'])
      .then(({ probability }) => {
        batch.forEach(({ resolve }, i) => resolve(answer(probability.data[i])));
      });
  };
  return (request) =>
    new Promise((resolve) => {
      if (waiting.length === 0) setImmediate(flush);
      waiting.push({ row: Object.values(request.body.features), resolve });
    });
}

const app = Fastify();
app.post('/predict', kind === 'onnx' ? await onnxHandler() : async () => answer(0.5));
await app.listen({ port: 0, host: '127.0.0.1' });
process.stdout.write(`serving on http://127.0.0.1:${app.server.address().port}\n`);
