// Which metrics an expression in PromQL speaks of.
const WORDS = new Set(['and', 'or', 'unless', 'bool', 'offset', 'inf', 'nan']);
/** Their lists name labels, not metrics. */
const LABEL_LISTS = /\b(by|without|on|ignoring|group_left|group_right)\b\s*(\([^)]*\))?/g;
const NAMES = /[a-zA-Z_:][\w:]*(?![\w:])(?!\s*\()/g;

/** Recording rules too; each once. Also reads Grafana's `label_values(metric{...}, label)`. */
export function metricsOf(expression: string): readonly string[] {
  const bare = expression
    .replaceAll(/label_values\((.*),\s*\w+\)$/g, '$1')
    .replaceAll(/"[^"]*"|'[^']*'/g, '')
    .replaceAll(/\{[^}]*\}/g, '')
    .replaceAll(/\[[^\]]*\]/g, '')
    .replaceAll(LABEL_LISTS, ' ')
    // 5m, 1e3
    .replaceAll(/\b\d[\w.]*/g, ' ');
  const names = [...bare.matchAll(NAMES)].map(([name]) => name);
  return [...new Set(names.filter((name) => !WORDS.has(name.toLowerCase())))];
}
