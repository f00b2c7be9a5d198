// What deploy/kubernetes makes of itself: built by kustomize, held against Kubernetes' schemas, and against what the product needs and promises. No cluster
// runs here: docs/operations/kubernetes.md has the commands that show the rest on one.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { parseConfig, parseVault } from '../../src/config/load-config.ts';
import { SETTINGS } from '../../src/config/settings.ts';

const FOLDER = 'deploy/kubernetes';
const VALIDATE = '.tools/kubernetes/bin/kubernetes-validate';
/** The oldest and the newest that the manifests are for. */
const VERSIONS = ['1.30.0', '1.37.0'];
/** Of the Prometheus Operator: their schemas are not Kubernetes' own. */
const FOREIGN_KINDS = ['PrometheusRule', 'ServiceMonitor'];
const OVERLAYS = [
  'overlays/dev',
  'overlays/production',
  'overlays/production-vault',
  'overlays/production-vault-agent',
  'batch',
];

interface Container {
  readonly name: string;
  readonly image: string;
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly envFrom?: readonly { readonly configMapRef: { readonly name: string } }[];
  readonly resources: {
    readonly requests: Readonly<Record<string, string>>;
    readonly limits: Readonly<Record<string, string>>;
  };
  readonly securityContext: unknown;
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
  readonly startupProbe?: unknown;
  readonly readinessProbe?: unknown;
  readonly livenessProbe?: unknown;
  readonly lifecycle?: { readonly preStop: { readonly exec: { readonly command: string[] } } };
}

interface PodTemplate {
  readonly metadata: {
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: {
    readonly automountServiceAccountToken: boolean;
    readonly securityContext: unknown;
    readonly terminationGracePeriodSeconds?: number;
    readonly containers: readonly Container[];
    readonly volumes: readonly {
      readonly name: string;
      readonly projected?: {
        readonly sources: readonly {
          readonly serviceAccountToken: { readonly path: string; readonly audience: string };
        }[];
      };
    }[];
  };
}

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: Record<string, unknown> & {
    readonly template?: PodTemplate;
    readonly jobTemplate?: { readonly spec: { readonly template: PodTemplate } };
    readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> };
  };
}

const build = (overlay: string): string =>
  execFileSync('kubectl', ['kustomize', join(FOLDER, overlay)], { encoding: 'utf8' });

const manifestsOf = (text: string): readonly Manifest[] =>
  parseAllDocuments(text).map((document) => document.toJS() as Manifest);

const templateOf = ({ spec }: Manifest): PodTemplate | undefined =>
  spec?.template ?? spec?.jobTemplate?.spec.template;

describe.each(OVERLAYS)('deploy/kubernetes/%s', (overlay) => {
  const folder = mkdtempSync(join(tmpdir(), 'foretell-kubernetes-'));
  const file = join(folder, 'manifests.yaml');
  let manifests: readonly Manifest[];
  let pods: readonly PodTemplate[];
  let containers: readonly Container[];

  beforeAll(() => {
    const text = build(overlay);
    writeFileSync(file, text);
    manifests = manifestsOf(text);
    pods = manifests.map(templateOf).filter((template) => template !== undefined);
    containers = pods.flatMap(({ spec }) => spec.containers);
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(VERSIONS)('fits the schemas of Kubernetes %s', (version) => {
    const { status, stdout, stderr } = spawnSync(
      VALIDATE,
      ['--strict', '-k', version, '--no-warn', file],
      { encoding: 'utf8' },
    );
    const passed = [...`${stdout}${stderr}`.matchAll(/passed for resource/g)].length;
    expect({ status, told: stderr.match(/^ERROR.*/gm) }).toEqual({ status: 0, told: null });
    expect(passed).toBe(manifests.filter(({ kind }) => !FOREIGN_KINDS.includes(kind)).length);
  });

  it('runs every pod as the restricted standard asks', () => {
    expect(pods.length).toBeGreaterThan(0);
    for (const { spec } of pods) {
      expect(spec.automountServiceAccountToken).toBe(false);
      expect(spec.securityContext).toMatchObject({
        runAsNonRoot: true,
        seccompProfile: { type: 'RuntimeDefault' },
      });
    }
    for (const { securityContext } of containers)
      expect(securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
  });

  it('says of every container what it needs and may take', () => {
    for (const { resources } of containers) {
      expect(Object.keys(resources.requests)).toEqual(
        expect.arrayContaining(['cpu', 'memory', 'ephemeral-storage']),
      );
      expect(Object.keys(resources.limits)).toEqual(
        expect.arrayContaining(['memory', 'ephemeral-storage']),
      );
    }
  });

  it('names images by a version', () => {
    for (const { image } of containers) expect(image).toMatch(/:v\d+\.\d+\.\d+$/);
  });

  it('mounts volumes that there are', () => {
    for (const { spec } of pods) {
      const volumes = spec.volumes.map(({ name }) => name);
      for (const { volumeMounts } of spec.containers)
        expect(volumes).toEqual(expect.arrayContaining(volumeMounts.map(({ name }) => name)));
    }
  });

  it('gives settings that the product has, and no secret among them', () => {
    const names = [
      ...manifests.flatMap(({ kind, data }) =>
        kind === 'ConfigMap' ? Object.keys(data ?? {}) : [],
      ),
      ...containers.flatMap(({ env = [] }) =>
        env.filter(({ value }) => value !== undefined).map(({ name }) => name),
      ),
    ];
    for (const name of names) {
      const setting: { readonly secret?: true } | undefined = (
        SETTINGS as Readonly<Record<string, { readonly secret?: true }>>
      )[name.replace(/_FILE$/, '')];
      expect({ name, known: setting !== undefined }).toEqual({ name, known: true });
      expect({ name, secret: setting?.secret }).toEqual({
        name,
        secret: name.endsWith('_FILE') ? true : undefined,
      });
    }
    expect(manifests.filter(({ kind }) => kind === 'Secret')).toEqual([]);
  });

  it('runs programs of the product that are there', () => {
    for (const { args = [] } of containers)
      for (const program of args.filter((arg) => arg.endsWith('.js')))
        expect(() => execFileSync('node', [program, '--help'], { encoding: 'utf8' })).not.toThrow();
  });
});

describe('deploy/kubernetes/overlays/production', () => {
  const manifests = manifestsOf(build('overlays/production'));
  const one = (kind: string, name = 'foretell'): NonNullable<Manifest['spec']> => {
    const found = manifests.find((each) => each.kind === kind && each.metadata.name === name);
    if (found?.spec === undefined) throw new Error(`no ${kind} ${name}`);
    return found.spec;
  };

  it('replaces pods without losing a request', () => {
    const { strategy, template } = one('Deployment');
    expect(strategy).toMatchObject({ rollingUpdate: { maxUnavailable: 0 } });
    const [api] = template?.spec.containers ?? [];
    expect(api).toMatchObject({
      startupProbe: { httpGet: { path: '/health/live' } },
      readinessProbe: { httpGet: { path: '/health/ready' } },
      livenessProbe: { httpGet: { path: '/health/live' } },
    });
    const wait = Number(api?.lifecycle?.preStop.exec.command[1]);
    const request = parseConfig({}).server.requestSeconds;
    // The last request may begin when the wait ends.
    expect(template?.spec.terminationGracePeriodSeconds).toBeGreaterThan(wait + request);
  });

  it('selects the pods of the API in everything that is about them', () => {
    const labels = one('Deployment').template?.metadata.labels ?? {};
    const selectors = [
      one('Service')['selector'] as Readonly<Record<string, string>>,
      one('PodDisruptionBudget').selector?.matchLabels ?? {},
    ];
    for (const selector of selectors) expect(labels).toMatchObject(selector);
    const service = manifests.find(({ kind }) => kind === 'Service');
    expect(service?.metadata.labels).toMatchObject(
      one('ServiceMonitor').selector?.matchLabels ?? {},
    );
  });

  it('lets the autoscaler alone decide how many pods there are', () => {
    expect(one('Deployment')).not.toHaveProperty('replicas');
    expect(one('HorizontalPodAutoscaler')['scaleTargetRef']).toMatchObject({
      kind: 'Deployment',
      name: 'foretell',
    });
    expect(one('HorizontalPodAutoscaler')['minReplicas']).toBeGreaterThanOrEqual(2);
  });

  it('closes the network for every pod before it opens what is needed', () => {
    const closed = one('NetworkPolicy', 'foretell-closed');
    expect(closed).toEqual({
      podSelector: { matchLabels: { 'app.kubernetes.io/part-of': 'foretell' } },
      policyTypes: ['Ingress', 'Egress'],
    });
    for (const template of manifests.map(templateOf))
      if (template !== undefined)
        expect(template.metadata.labels).toMatchObject({
          'app.kubernetes.io/part-of': 'foretell',
        });
  });

  it('has the alert rules that Prometheus has elsewhere', () => {
    const groups = one('PrometheusRule')['groups'] as readonly { readonly name: string }[];
    expect(groups.map(({ name }) => name).sort((a, b) => a.localeCompare(b))).toEqual([
      'predict-api-error-budget',
      'predict-api-latency-budget',
      'predict-api-model',
      'predict-api-service',
    ]);
  });
});

describe('secrets in Vault', () => {
  /** Of what serves and what migrates: the pods that have secrets. */
  const templatesOf = (overlay: string): readonly PodTemplate[] =>
    manifestsOf(build(overlay))
      .filter(({ kind }) => kind === 'Deployment' || kind === 'Job')
      .map(templateOf)
      .filter((template) => template !== undefined);
  const policy = readFileSync('deploy/vault/policy.hcl', 'utf8');
  const [, secretPath] = /^path "(.+)" \{$/m.exec(policy) ?? [];
  const tokenOf = ({ volumes }: PodTemplate['spec']) =>
    volumes.find(({ name }) => name === 'vault-token')?.projected?.sources[0]?.serviceAccountToken;

  it('are rendered by the agent into every file that a setting names', () => {
    const templates = templatesOf('overlays/production-vault-agent');
    expect(templates).toHaveLength(2);
    for (const { metadata, spec } of templates) {
      const told = (name: string): string | undefined =>
        metadata.annotations?.[`vault.hashicorp.com/${name}`];
      expect(told('agent-inject')).toBe('true');
      expect(told('agent-service-account-token-volume-name')).toBe('vault-token');
      expect(tokenOf(spec)?.audience).toBe('vault');
      const folder = told('secret-volume-path') ?? '';
      const files = spec.containers
        .flatMap(({ env = [] }) => env)
        .filter(({ name }) => name.endsWith('_FILE'));
      expect(files.length).toBeGreaterThan(0);
      for (const { name, value = '' } of files) {
        const file = relative(folder, value);
        expect(told(`agent-inject-secret-${file}`)).toBe(secretPath);
        expect(told(`agent-inject-template-${file}`)).toBe(
          `{{ with secret "${secretPath}" }}{{ .Data.data.${name.replace(/_FILE$/, '')} }}{{ end }}`,
        );
      }
    }
  });

  it('are read by the pods that have a token to log in by, and name no file', () => {
    const pods = templatesOf('overlays/production-vault').map(({ spec }) => spec);
    const settings = Object.assign(
      {},
      ...manifestsOf(build('overlays/production-vault')).map(({ data }) => data ?? {}),
    ) as Record<string, string>;
    const vault = parseVault(settings);
    expect(vault).toMatchObject({ secretPath, login: { kind: 'kubernetes', role: 'foretell' } });
    expect(pods).toHaveLength(2);
    for (const pod of pods) {
      const [{ env = [], envFrom = [], volumeMounts }] = pod.containers as [Container];
      expect(env).toEqual([]);
      expect(envFrom).toHaveLength(2);
      const mounted = volumeMounts.find(({ name }) => name === 'vault-token')?.mountPath ?? '';
      expect(settings['VAULT_KUBERNETES_TOKEN_PATH']).toBe(join(mounted, tokenOf(pod)?.path ?? ''));
    }
  });

  it('are opened by what deploy/vault/setup.sh makes', () => {
    const setup = readFileSync('deploy/vault/setup.sh', 'utf8');
    expect(spawnSync('bash', ['-n', 'deploy/vault/setup.sh']).status).toBe(0);
    expect(setup).toContain(' audience=vault ');
    expect(setup).toContain(`s#${secretPath}#`);
    expect(policy.match(/capabilities = .*/g)).toEqual(['capabilities = ["read"]']);
  });
});
