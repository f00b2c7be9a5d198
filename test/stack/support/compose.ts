// docker-compose.yml as compose reads it where nothing is set.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { requireTool, TOOLS } from './process.ts';

export const COMPOSE_FILE = 'docker-compose.yml';

export interface Build {
  readonly context: string;
  readonly dockerfile: string;
  readonly target?: string;
}

export interface Service {
  readonly image: string;
  readonly build?: Build;
  readonly restart: string;
  readonly read_only?: boolean;
  readonly privileged?: boolean;
  readonly cap_drop?: readonly string[];
  readonly cap_add?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly deploy: {
    readonly resources: {
      readonly limits: { readonly cpus: string; readonly memory: string; readonly pids: number };
    };
  };
  readonly networks?: Readonly<Record<string, { readonly aliases?: readonly string[] } | null>>;
  readonly ports?: readonly {
    readonly host_ip: string;
    readonly published: string;
    readonly target: number;
  }[];
  readonly volumes?: readonly {
    readonly type: string;
    readonly source: string;
    readonly target: string;
    readonly read_only?: boolean;
  }[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  /** uid:gid */
  readonly user?: string;
}
export interface Project {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

export function loadProject(): Project {
  const composeGo = requireTool('compose-go', [join(TOOLS, 'bin/compose-go')]);
  const dir = mkdtempSync(join(tmpdir(), 'stack-compose-'));
  try {
    // Beside no .env that somebody may have.
    for (const path of [COMPOSE_FILE, 'deploy', 'params.yaml', 'data', 'Dockerfile'])
      symlinkSync(resolve(path), join(dir, path));
    const text = execFileSync(composeGo, ['-format', 'json', COMPOSE_FILE], {
      cwd: dir,
      env: { PATH: process.env['PATH'] },
      encoding: 'utf8',
    });
    return JSON.parse(text.replaceAll(dir, resolve('.'))) as Project;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
