// Charts hold no value that is not a number, whatever they are given, and escape every name.
import { barChart, lineChart } from './charts.ts';
import { markup, table } from './html.ts';

describe('lineChart', () => {
  const points = (count: number): readonly (readonly [number, number])[] =>
    Array.from({ length: count }, (_, i) => [i / count, Math.sin(i / 50)] as const);

  it.each([
    ['a line', points(20)],
    ['one point', [[3, 3]] as const],
    [
      'points that are all the same',
      [
        [1, 0],
        [1, 0],
      ] as const,
    ],
    ['no point', []],
    [
      'tiny numbers',
      [
        [1e-9, 1e-12],
        [2e-9, 3e-12],
      ] as const,
    ],
    [
      'huge numbers',
      [
        [-1e9, 1e15],
        [2e9, 3e15],
      ] as const,
    ],
  ])('draws %s', (_, series) => {
    const { text } = lineChart({
      title: 't',
      x: 'x',
      y: 'y',
      series: [{ name: 'a', points: series }],
    });
    expect(text).toMatch(/^<svg .*<\/svg>$/s);
    expect(text).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('draws no more points than can be seen, the ends among them', () => {
    const { text } = lineChart({
      title: 't',
      x: 'x',
      y: 'y',
      series: [{ name: 'a', points: points(100_000) }],
      xDomain: [0, 1],
      yDomain: [-1, 1],
    });
    const drawn = /polyline[^>]*points="([^"]*)"/.exec(text)?.[1]?.split(' ') ?? [];
    expect(drawn).toHaveLength(400);
    expect(drawn[0]).toBe('58.0,144.0');
    expect(drawn.at(-1)?.split(',')[0]).toBe('426.0');
  });

  it('draws bands, markers, steps, a mark and a legend, names escaped', () => {
    const { text } = lineChart({
      title: 'a < b',
      x: 'x & y',
      y: 'y',
      series: [
        { name: '<b>', points: points(5), band: points(5).map(([, y]) => [y - 1, y + 1] as const) },
        { name: 'dots', points: points(5), style: 'markers' },
        { name: 'steps', points: points(5), style: 'steps' },
      ],
      mark: { x: 0.5, name: 'threshold' },
    });
    expect(text).toContain('aria-label="a &lt; b"');
    expect(text).toContain('&lt;b&gt;');
    expect(text).not.toContain('<b>');
    expect(text.match(/<circle/g)).toHaveLength(5);
    expect(text).toContain('>threshold<');
  });
});

describe('lineChart over time', () => {
  const AT = Date.parse('2026-11-21T10:00:00Z');
  const chartOf = (values: readonly number[]): string =>
    lineChart({
      title: 't',
      x: 'UTC',
      y: 'y',
      time: true,
      series: ['now', 'before'].map((name) => ({
        name,
        points: values.map((y, i) => [AT + i * 60_000, y] as const),
      })),
    }).text;

  it('marks round instants, and names the lines above the plot', () => {
    const text = chartOf([1, 2, 3, 4]);
    expect(text).toContain('>10:01</text>');
    expect(text).toMatch(/y="28\.0" text-anchor="start">before</);
  });

  it('breaks a line where nothing is known, and draws a point that stands alone', () => {
    const text = chartOf([1, 2, Number.NaN, 3, Number.NaN, 4, 5]);
    const lines = [...text.matchAll(/polyline class="line s0" points="([^"]*)"/g)];
    expect(lines.map(([, points = '']) => points.split(' ').length)).toEqual([2, 2, 2]);
    const [from, to] = lines[1]?.[1]?.split(' ') ?? [];
    expect(from).toBe(to);
    expect(text).not.toContain('NaN');
  });

  it.each([[[]], [[Number.NaN, Number.NaN]], [[3]]])('draws %j', (values) => {
    expect(chartOf(values)).not.toMatch(/NaN|Infinity|undefined/);
  });
});

it('barChart draws bars to both sides of 0 with whiskers, long names cut', () => {
  const { text } = barChart(
    'importance',
    [
      { label: 'a feature with a name that does not fit at all', value: 0.2, sd: 0.05 },
      { label: 'b', value: -0.1 },
    ],
    'log loss',
  );
  expect(text.match(/<rect class="bar"/g)).toHaveLength(2);
  expect(text.match(/whisker/g)).toHaveLength(1);
  expect(text).toContain('a feature with a name that do…');
  expect(text).not.toMatch(/NaN|width="-/);
});

describe('markup', () => {
  it('escapes what is filled in, and takes HTML as it is', () => {
    const evil = '<script>alert("&")</script>';
    expect(markup`<p>${evil}</p>`.text).toBe(
      '<p>&lt;script&gt;alert(&quot;&amp;&quot;)&lt;/script&gt;</p>',
    );
    const items = [1, 2].map((n) => markup`<li>${n}</li>`);
    expect(markup`<ul>${items}${null}</ul>`.text).toBe('<ul><li>1</li><li>2</li></ul>');
  });

  it('makes tables with numbers to the right', () => {
    const { text } = table(
      [
        { head: 'who', cell: ({ who }: { who: string; n: number }) => who },
        { head: 'n', cell: ({ n }) => n, right: true },
      ],
      [{ who: '<a>', n: 1 }],
    );
    expect(text).toContain('<td>&lt;a&gt;</td><td class="number">1</td>');
  });
});
