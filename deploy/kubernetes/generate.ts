// Writes the manifests that follow from other files; `npm run generate` runs it, a contract test keeps them equal.
import { writeFileSync } from 'node:fs';
import { prometheusRules, RULES_FILE } from './prometheus-rules.ts';

writeFileSync(RULES_FILE, prometheusRules());
