// All dashboards of the product; `npm run generate` writes each to dashboards/<uid>.json, which Grafana provisions.
import { model } from './model.ts';
import type { Dashboard } from './panels.ts';
import { service } from './service.ts';
import { slo } from './slo.ts';

export const DASHBOARDS: readonly Dashboard[] = [service, model, slo];
