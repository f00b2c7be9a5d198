// What a registry holds, as lines for a terminal.
import type { ModelRegistry, ModelVersion } from '../../src/model/registry/model-registry.ts';
import { openServedBundle } from '../../src/model/open-model.ts';

/** A line per version, newest first. */
export async function listLines(registry: ModelRegistry): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const name of await registry.listModels()) {
    lines.push(name, ...(await registry.listVersions(name)).map(versionLine));
  }
  return lines.length === 0 ? ['no models yet: npm run train'] : lines;
}

function versionLine({ version, aliases, createdAt, description }: ModelVersion): string {
  const names = aliases.length === 0 ? '' : ` (${aliases.join(', ')})`;
  return `  ${version.padStart(4)}  ${createdAt}  ${description}${names}`;
}

/** One version with everything that its bundle states. Throws what the registry throws; BUNDLE_INVALID. */
export async function showLines(registry: ModelRegistry, uri: string): Promise<readonly string[]> {
  const version = await registry.resolve(uri);
  const { report, manifest, features, onnxSha256 } = await openServedBundle(
    await registry.fetchBundle(version),
  );
  const facts: readonly (readonly [string, string])[] = [
    ['model', `${version.name}, version ${version.version}`],
    ['aliases', version.aliases.join(', ') || 'none'],
    ['created', version.createdAt],
    ['description', version.description],
    ['run', version.runId ?? manifest.run_id ?? 'not known'],
    ['learner', report.learner],
    ['features', `${features.features.length}`],
    ['threshold', `${report.threshold}`],
    ['data digest', manifest.data_digest ?? 'not known'],
    ['git commit', manifest.git_commit ?? 'not known'],
    ['onnx sha256', onnxSha256],
    ...Object.entries(report.params).map(([key, value]) => [`param ${key}`, `${value}`] as const),
    ...Object.entries(report.metrics).map(
      ([key, value]) => [`metric ${key}`, value.toFixed(4)] as const,
    ),
  ];
  const width = Math.max(...facts.map(([key]) => key.length));
  return facts.map(([key, value]) => `${key.padEnd(width)}  ${value}`);
}
