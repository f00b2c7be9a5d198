// Writes the dashboards as JSON.
import { writeFileSync } from 'node:fs';
import { DASHBOARDS } from './dashboards.ts';
import { render } from './panels.ts';

for (const dashboard of DASHBOARDS)
  writeFileSync(new URL(`../dashboards/${dashboard.uid}.json`, import.meta.url), render(dashboard));
