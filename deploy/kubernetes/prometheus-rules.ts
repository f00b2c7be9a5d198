// The alert rules of deploy/prometheus as the Prometheus Operator's kind of object.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';

const RULES = 'deploy/prometheus/rules';
export const RULES_FILE = 'deploy/kubernetes/monitoring/prometheus-rules.yaml';

const HEADER = `# Made by \`npm run generate\` from ${RULES}; not to be edited. Their runbook links need \`externalLabels: { runbooks: <address of docs/operations> }\` in
# the Prometheus object.
`;

/** The manifest's text. */
export function prometheusRules(): string {
  const groups = readdirSync(RULES)
    .sort()
    .flatMap((file) => (parse(readFileSync(join(RULES, file), 'utf8')) as RuleFile).groups);
  const manifest = {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: { name: 'foretell', labels: { 'app.kubernetes.io/name': 'foretell' } },
    spec: { groups },
  };
  return HEADER + stringify(manifest, { lineWidth: 0 });
}

interface RuleFile {
  readonly groups: readonly unknown[];
}
