// How far back the pages of monitoring may look.
import type { components } from './schema.d.ts';

export type WindowName = components['schemas']['LiveWindow']['name'];
export const WINDOWS = ['15m', '1h', '24h', '7d', 'all'] as const satisfies readonly WindowName[];
