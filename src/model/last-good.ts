// What this server served last, written to the state folder after every swap: where a start finds a model while the registry is down.
import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { deepFreeze } from '../common/deep-freeze.ts';
import type { RegistryConfig } from '../config/load-config.ts';
import type { ModelVersion } from './registry/model-registry.ts';
import { writeDurably } from './registry/durable-files.ts';
import { STAGES } from './registry/model-uri.ts';

export interface LastGood {
  readonly version: ModelVersion;
  readonly bundleDir: string;
}

const FILE = z.object({
  registry: z.string(),
  uri: z.string(),
  version: z.object({
    name: z.string(),
    version: z.string(),
    aliases: z.array(z.string()),
    stage: z.enum(STAGES as ['None', ...ModelVersion['stage'][]]),
    run_id: z.string().nullable(),
    description: z.string(),
    tags: z.record(z.string(), z.string()),
    created_at: z.iso.datetime(),
  }),
  bundle_dir: z.string(),
});

export class LastGoodFile {
  constructor(
    private readonly path: string,
    /** Where the version comes from: one remembered for another registry or URI is not what this server was asked for. */
    private readonly origin: { readonly registry: string; readonly uri: string },
  ) {}

  /** null where nothing of use is remembered. */
  async read(): Promise<LastGood | null> {
    const text = await readFile(this.path, 'utf8').catch(() => '');
    const parsed = FILE.safeParse(parseJson(text));
    if (!parsed.success) return null;
    const { registry, uri, version, bundle_dir: bundleDir } = parsed.data;
    if (registry !== this.origin.registry || uri !== this.origin.uri) return null;
    const { run_id: runId, created_at: createdAt, ...rest } = version;
    return deepFreeze({ version: { ...rest, runId, createdAt }, bundleDir });
  }

  async write({ version, bundleDir }: LastGood): Promise<void> {
    const { runId, createdAt, ...rest } = version;
    const content: z.input<typeof FILE> = {
      ...this.origin,
      version: {
        ...rest,
        aliases: [...rest.aliases],
        tags: { ...rest.tags },
        run_id: runId,
        created_at: createdAt,
      },
      bundle_dir: bundleDir,
    };
    await mkdir(dirname(this.path), { recursive: true });
    await writeDurably(this.path, `${JSON.stringify(content, null, 2)}\n`);
  }
}

/** Which registry a configuration means, without the credentials that an address may carry. */
export function registryId(registry: RegistryConfig): string {
  switch (registry.kind) {
    case 'file':
      return registry.dir;
    case 'mlflow': {
      const { origin, pathname } = new URL(registry.url);
      return origin + pathname;
    }
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
