// The alert rules for the Prometheus Operator are those of deploy/prometheus.
import { readFileSync } from 'node:fs';
import { prometheusRules, RULES_FILE } from '../../deploy/kubernetes/prometheus-rules.ts';

it('deploy/kubernetes has the rules of deploy/prometheus (npm run generate)', () => {
  expect(readFileSync(RULES_FILE, 'utf8')).toBe(prometheusRules());
});
