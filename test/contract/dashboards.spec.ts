// The dashboards keep the conventions of Grafana's dashboard-linter, and speak of what the server exposes; and it exposes nothing of its own
// that no dashboard and no rule looks at.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { DASHBOARDS } from '../../deploy/grafana/source/dashboards.ts';
import { render } from '../../deploy/grafana/source/panels.ts';
import { PredictionServer, publish } from '../support/prediction-server.ts';
import { metricsOf } from '../support/promql.ts';

const GRAFANA = 'deploy/grafana/dashboards';
const RULES = 'deploy/prometheus/rules';
/** Of Prometheus itself, and of cAdvisor. */
const OF_OTHERS = /^(up|ALERTS|container_\w+)$/;
/** What prom-client measures of any Node process. */
const OF_THE_RUNTIME = /^(process|nodejs)_/;

interface Target {
  readonly expr: string;
  readonly legendFormat: string;
  readonly datasource: { readonly uid: string };
}
interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly datasource?: { readonly uid: string };
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string } };
  readonly gridPos: { readonly x: number; readonly w: number };
  readonly targets?: readonly Target[];
}
interface Variable {
  readonly name: string;
  readonly label: string;
  readonly type: string;
  readonly multi: boolean;
  readonly refresh?: number;
  readonly query: string;
}
interface Dashboard {
  readonly uid: string;
  readonly editable: boolean;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly Variable[] };
}
interface RuleFile {
  readonly groups: readonly {
    readonly rules: readonly {
      readonly record?: string;
      readonly alert?: string;
      readonly expr: string;
    }[];
  }[];
}

const read = (path: string): string => readFileSync(path, 'utf8');
const files = readdirSync(GRAFANA);
const dashboards = files.map((file) => JSON.parse(read(join(GRAFANA, file))) as Dashboard);
const rules = readdirSync(RULES).flatMap((file) =>
  (parse(read(join(RULES, file))) as RuleFile).groups.flatMap((group) => group.rules),
);
const panelsOf = ({ panels }: Dashboard): readonly Panel[] =>
  panels.filter(({ type }) => type !== 'row');
const targets = dashboards.flatMap((dashboard) =>
  panelsOf(dashboard).flatMap((panel) => panel.targets ?? []),
);

it('every dashboard is what its source says: npm run generate', () => {
  expect(Object.fromEntries(files.map((file) => [file, read(join(GRAFANA, file))]))).toEqual(
    Object.fromEntries(DASHBOARDS.map((each) => [`${each.uid}.json`, render(each)])),
  );
});

describe.each(dashboards.map((dashboard) => [dashboard.uid, dashboard] as const))(
  '%s',
  (_uid, dashboard) => {
    const panels = panelsOf(dashboard);

    it('is not edited in the browser, and its panels keep their ids', () => {
      expect(dashboard.editable).toBe(false);
      expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    });

    it('has a title, a description, a unit and queries in each panel, within the grid', () => {
      for (const panel of panels) {
        expect(panel.title).not.toBe('');
        expect(panel.description).toMatch(/\.$/);
        expect(panel.fieldConfig?.defaults.unit).toMatch(/./);
        expect(panel.targets?.length).toBeGreaterThan(0);
        expect(panel.gridPos.x + panel.gridPos.w).toBeLessThanOrEqual(24);
      }
    });

    it('takes its data source from a variable, in panels and in queries', () => {
      for (const panel of panels)
        for (const { datasource } of [panel, ...(panel.targets ?? [])])
          expect(datasource?.uid).toBe('${datasource}');
    });

    it('has the variables datasource, job and instance, refreshed with the time range', () => {
      const byName = new Map(
        dashboard.templating.list.map((variable) => [variable.name, variable]),
      );
      expect([...byName.keys()].slice(0, 3)).toEqual(['datasource', 'job', 'instance']);
      expect(byName.get('datasource')).toMatchObject({
        type: 'datasource',
        label: 'Data source',
        query: 'prometheus',
      });
      for (const variable of dashboard.templating.list.slice(1))
        expect(variable).toMatchObject({ type: 'query', multi: true, refresh: 2 });
    });

    it('uses every variable that it offers', () => {
      const queries = dashboard.templating.list.map(({ query }) => query);
      const used = JSON.stringify([panels, queries]);
      for (const { name } of dashboard.templating.list)
        expect(used).toMatch(new RegExp(`\\$(${name}|\\{${name}\\})`));
    });
  },
);

it('every query on a metric of the server selects by job and instance, and counters stand under rate or increase', () => {
  for (const { expr } of targets) {
    for (const [, name = '', selector = ''] of expr.matchAll(/([a-z_:][\w:]*)\{([^}]*)\}/gi)) {
      if (OF_OTHERS.test(name)) continue;
      expect(selector).toContain('job=~"$job"');
      if (!name.includes(':')) expect(selector).toContain('instance=~"$instance"');
    }
    for (const [at] of expr.matchAll(/\w+_(total|count|sum|bucket)\{[^}]*\}(?!\[)/g))
      throw new Error(`a counter without rate: ${at}`);
    for (const [, range] of expr.matchAll(/(?<!avg_over_time\(.*)\[([^\]]*)\]/g))
      expect(range).toBe('$__rate_interval');
  }
});

describe('beside a running server', () => {
  const recorded = rules.flatMap(({ record }) => record ?? []);
  const variables = dashboards.flatMap(({ templating }) =>
    templating.list.slice(1).map(({ query }) => query),
  );
  const expressions = [...targets, ...rules].map(({ expr }) => expr);
  const named = new Set([...expressions, ...variables].flatMap(metricsOf));
  let exposed: ReadonlyMap<string, string>;

  beforeAll(async () => {
    const server = await PredictionServer.start(publish);
    const { body } = await server.send<string>('/metrics');
    exposed = new Map(
      [...body.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type = '']) => [name, type]),
    );
    await server.stop();
    expect(exposed.size).toBeGreaterThan(60);
  });

  const seriesOf = (name: string, type: string): readonly string[] =>
    type === 'histogram' || type === 'summary'
      ? ['', '_bucket', '_sum', '_count'].map((part) => `${name}${part}`)
      : [name];

  it('every metric named in a dashboard or a rule is exposed, or recorded by a rule', () => {
    const known = new Set([...exposed].flatMap(([name, type]) => seriesOf(name, type)));
    const isKnown = (name: string): boolean =>
      known.has(name) || recorded.includes(name) || OF_OTHERS.test(name);
    expect([...named].filter((name) => !isKnown(name))).toEqual([]);
  });

  it('every metric of the server is looked at by a dashboard or a rule', () => {
    const unseen = [...exposed]
      .filter(([name]) => !OF_THE_RUNTIME.test(name))
      .filter(([name, type]) => !seriesOf(name, type).some((series) => named.has(series)))
      .map(([name]) => name);
    expect(unseen).toEqual([]);
  });

  it('every recording rule is used', () => {
    expect(recorded.filter((name) => !named.has(name))).toEqual([]);
  });
});
