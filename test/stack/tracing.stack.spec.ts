// Traces of the product as it is started: nothing of OpenTelemetry is loaded without a collector; with one, each worker sends its own spans,
// the last of them when it is told to end.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { OtlpCollector } from '../support/otlp-collector.ts';
import { publish } from '../support/prediction-server.ts';
import { Served } from './support/served.ts';

const FEATURES = { 'mean radius': 13, 'mean texture': 18, side: 'left' };
const WORKERS = 2;
/** Each on a connection of its own; these are handed out in turn. */
const REQUESTS = 20;

let dir: string;
let LOADED: string;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'tracing-'));
  LOADED = join(dir, 'loaded.jsonl');
  await publish(dir);
});
beforeEach(() => {
  writeFileSync(LOADED, '');
});
afterAll(() => {
  rmSync(dir, { recursive: true, force: true });
});

/** Starts, predicts, ends; answers what of OpenTelemetry each of its processes and threads had loaded. */
async function serve(settings: Record<string, string>): Promise<readonly (readonly string[])[]> {
  const server = await Served.start({
    VAR_DIR: mkdtempSync(join(dir, 'var-')),
    REGISTRY_DIR: join(dir, 'registry'),
    NODE_OPTIONS: `--import=${resolve('test/stack/support/loaded-modules.mjs')}`,
    LOADED,
    ...settings,
  });
  for (let i = 0; i < REQUESTS; i += 1) await server.predict(FEATURES);
  await server.stop();
  return readFileSync(LOADED, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as string[]);
}

it.each(['1', String(WORKERS)])(
  'loads nothing of OpenTelemetry without a collector (WORKERS=%s)',
  async (workers) => {
    const loaded = await serve({ WORKERS: workers });
    expect(loaded.length).toBeGreaterThan(0);
    expect(loaded.flat()).toEqual([]);
  },
);

it('sends the spans of each worker as those of an instance, the last when it ends', async () => {
  const collector = await OtlpCollector.start();
  const loaded = await serve({
    WORKERS: String(WORKERS),
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_BSP_SCHEDULE_DELAY: '600000',
  });
  await collector.stop();
  expect(loaded.filter((files) => files.length > 0)).toHaveLength(WORKERS);
  const predictions = collector.spans.filter(({ name }) => name === 'POST /predict');
  expect(predictions).toHaveLength(REQUESTS);
  expect(new Set(predictions.map(({ resource }) => resource['service.instance.id'])).size).toBe(
    WORKERS,
  );
});
