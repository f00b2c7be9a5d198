// Preloaded into every process of the product (NODE_OPTIONS=--import): writes, when the process ends, which of OpenTelemetry's files it had
// loaded, into the file LOADED; but those of its API, a few names without a tracer behind them, which prom-client loads.
import { appendFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const { cache } = createRequire(import.meta.url);

process.on('exit', () => {
  const loaded = Object.keys(cache).filter((file) => /@opentelemetry\/(?!api\/)/.test(file));
  appendFileSync(process.env.LOADED, `${JSON.stringify(loaded)}\n`);
});
