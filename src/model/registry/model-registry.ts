// PORT: where model versions live. Adapters: file-model-registry.ts, mlflow-model-registry.ts; in-memory-model-registry.ts is the fake.
// The abstract class is the type, the injection token and the documentation; test/contract runs one suite over every adapter.

/** models:/name@alias, models:/name/3, models:/name/latest, models:/name/Production, runs:/<run id>/model */
export type ModelUri = string;

/** One registered version: enough to say what it is without opening its bundle. */
export interface ModelVersion {
  readonly name: string;
  /** A positive integer as a decimal string, as MLflow writes it. */
  readonly version: string;
  readonly aliases: readonly string[];
  readonly stage: 'None' | 'Staging' | 'Production' | 'Archived';
  readonly runId: string | null;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
}

export interface Registration {
  readonly name: string;
  /** The folder of a complete bundle; its files are copied, the folder stays the caller's. */
  readonly bundleDir: string;
  readonly runId: string | null;
  readonly description?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

export abstract class ModelRegistry {
  /** The version behind a URI. Throws MODEL_NOT_FOUND; BAD_REQUEST for a URI of no known form; REGISTRY_UNAVAILABLE. */
  abstract resolve(uri: ModelUri): Promise<ModelVersion>;

  /** The bundle's folder on this machine, complete and immutable; downloaded and cached where the registry is remote. */
  abstract fetchBundle(version: ModelVersion): Promise<string>;

  /** Names of the registered models, sorted. */
  abstract listModels(): Promise<readonly string[]>;

  /** All versions of a model, newest first. Throws MODEL_NOT_FOUND for an unknown name. */
  abstract listVersions(name: string): Promise<readonly ModelVersion[]>;

  /** Adds a version; the first one makes the model. All or nothing: an interrupted call leaves no version behind. */
  abstract register(registration: Registration): Promise<ModelVersion>;

  /** Points an alias at a version, moving it if it exists. Throws MODEL_NOT_FOUND. */
  abstract setAlias(name: string, alias: string, version: string): Promise<void>;

  /**
   * Keeps a document about a version: in MLflow among the artifacts of its run, under `documents/`. Nothing is kept where a version in MLflow
   * has no run. The bundle stays as it was registered. `file` is a plain file name.
   */
  abstract attach(version: ModelVersion, file: string, content: string): Promise<void>;

  /** Removes an alias; nothing happens where there is none. */
  abstract deleteAlias(name: string, alias: string): Promise<void>;
}
