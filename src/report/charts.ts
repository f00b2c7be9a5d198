// Charts as SVG text: lines with bands and markers, over numbers or over time, and bars. Colours come from the page's style, so that it can be light or dark.
import { Html, escapeHtml } from './html.ts';
import { timeTicks } from './time-ticks.ts';

export type Point = readonly [x: number, y: number];

export interface Series {
  readonly name: string;
  /** A line is broken at a point whose y is NaN: nothing is known there. */
  readonly points: readonly Point[];
  readonly style?: 'line' | 'dashed' | 'markers' | 'steps';
  /** [low, high] at each point. */
  readonly band?: readonly (readonly [number, number])[];
}

export interface LineChart {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly series: readonly Series[];
  /** x is epoch milliseconds, shown as UTC. */
  readonly time?: true;
  /** Default: what the points span. */
  readonly xDomain?: readonly [number, number];
  readonly yDomain?: readonly [number, number];
  /** A line across the chart at this x, with its name. */
  readonly mark?: { readonly x: number; readonly name: string };
}

export interface Bar {
  readonly label: string;
  readonly value: number;
  /** Standard deviation, drawn as a whisker. */
  readonly sd?: number;
}

/** What shares and probabilities go over, and where equal ones lie. */
export const UNIT: readonly [number, number] = [0, 1];
export const DIAGONAL: readonly Point[] = [
  [0, 0],
  [1, 1],
];

const WIDTH = 440;
const HEIGHT = 300;
const LEFT = 58;
const RIGHT = 14;
const TOP = 34;
const BOTTOM = 46;
const PLOT_WIDTH = WIDTH - LEFT - RIGHT;
const PLOT_HEIGHT = HEIGHT - TOP - BOTTOM;
/** Of the legend's font, about. */
const LETTER_WIDTH = 6.2;
const KEY_WIDTH = 26;
/** Points that a line of this width can show. */
const MOST_POINTS = 400;

type Scale = (value: number) => number;

export function lineChart(chart: LineChart): Html {
  const series = chart.series.map((each) => ({ ...each, ...thin(each) }));
  const xs = series.flatMap(({ points }) => points.map(([x]) => x));
  const ys = series.flatMap(({ points, band = [] }) => [
    ...points.map(([, y]) => y),
    ...band.flat(),
  ]);
  const [xTicks, xDomain] = xAxisOf(chart, chart.xDomain ?? spanOf(xs));
  const [yTicks, yDomain] = ticksOf(chart.yDomain ?? spanOf(ys));
  const px: Scale = (x) => LEFT + ((x - xDomain[0]) / (xDomain[1] - xDomain[0])) * PLOT_WIDTH;
  const py: Scale = (y) => TOP + (1 - (y - yDomain[0]) / (yDomain[1] - yDomain[0])) * PLOT_HEIGHT;
  return svg(WIDTH, HEIGHT, chart.title, [
    ...xTicks.map(
      ({ at, label }) =>
        `<path class="grid" d="M${px(at).toFixed(1)} ${TOP}V${TOP + PLOT_HEIGHT}"/>` +
        text(px(at), TOP + PLOT_HEIGHT + 16, 'middle', label),
    ),
    ...yTicks.map(
      (y) =>
        `<path class="grid" d="M${LEFT} ${py(y).toFixed(1)}H${LEFT + PLOT_WIDTH}"/>` +
        text(LEFT - 6, py(y) + 4, 'end', tickLabel(y)),
    ),
    ...series.map((each, i) => drawSeries(each, i, px, py)),
    ...markOf(chart, px),
    text(LEFT + PLOT_WIDTH / 2, HEIGHT - 8, 'middle', chart.x),
    `<text transform="translate(13 ${TOP + PLOT_HEIGHT / 2}) rotate(-90)" text-anchor="middle">${escapeHtml(chart.y)}</text>`,
    ...(chart.time === true ? legendAbove(series) : legendOf(series)),
  ]);
}

/** Horizontal bars from 0, one under the other. */
export function barChart(title: string, bars: readonly Bar[], unit: string): Html {
  const labels = 190;
  const row = 20;
  const height = TOP + bars.length * row + BOTTOM;
  const values = bars.flatMap(({ value, sd = 0 }) => [value - sd, value + sd]);
  const [ticks, [low, high]] = ticksOf([Math.min(0, ...values), Math.max(0, ...values)]);
  const px: Scale = (value) => labels + ((value - low) / (high - low)) * (WIDTH - labels - RIGHT);
  return svg(WIDTH, height, title, [
    ...ticks.map(
      (x) =>
        `<path class="grid" d="M${px(x).toFixed(1)} ${TOP}V${height - BOTTOM}"/>` +
        text(px(x), height - BOTTOM + 16, 'middle', tickLabel(x)),
    ),
    ...bars.map(({ label, value, sd = 0 }, i) => {
      const y = TOP + i * row;
      const [from, to] = [Math.min(px(0), px(value)), Math.max(px(0), px(value))];
      return (
        `<rect class="bar" x="${from.toFixed(1)}" y="${y + 4}" width="${(to - from).toFixed(1)}" height="${row - 8}"/>` +
        (sd > 0
          ? `<path class="whisker" d="M${px(value - sd).toFixed(1)} ${y + row / 2}H${px(value + sd).toFixed(1)}"/>`
          : '') +
        text(labels - 8, y + 14, 'end', label.length > 30 ? `${label.slice(0, 29)}…` : label)
      );
    }),
    text(labels + (WIDTH - labels - RIGHT) / 2, height - 8, 'middle', unit),
  ]);
}

const svg = (width: number, height: number, title: string, parts: readonly string[]): Html =>
  new Html(
    [
      `<svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeHtml(title)}">`,
      `<text class="title" x="${width / 2}" y="14" text-anchor="middle">${escapeHtml(title)}</text>`,
      ...parts,
      '</svg>',
    ].join(''),
  );

const text = (x: number, y: number, anchor: 'start' | 'middle' | 'end', value: string): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}">${escapeHtml(value)}</text>`;

function drawSeries(
  { points, band, style = 'line' }: Series,
  i: number,
  px: Scale,
  py: Scale,
): string {
  const at = ([x, y]: Point): string => `${px(x).toFixed(1)},${py(y).toFixed(1)}`;
  const colour = `s${i % 6}`;
  const edge = band?.map(([, high], k): Point => [points[k]?.[0] ?? 0, high]) ?? [];
  const floor = band?.map(([low], k): Point => [points[k]?.[0] ?? 0, low]) ?? [];
  const area =
    band === undefined
      ? ''
      : `<polygon class="band ${colour}" points="${[...edge, ...floor.toReversed()].map(at).join(' ')}"/>`;
  const path = style === 'steps' ? stepped(points) : points;
  const dots =
    style === 'markers'
      ? points
          .filter(([, y]) => Number.isFinite(y))
          .map(
            ([x, y]) =>
              `<circle class="${colour}" cx="${px(x).toFixed(1)}" cy="${py(y).toFixed(1)}" r="3.5"/>`,
          )
          .join('')
      : '';
  const lines = unbroken(path).map(
    (part) =>
      `<polyline class="line ${colour}${style === 'dashed' ? ' dashed' : ''}" points="${part.map(at).join(' ')}"/>`,
  );
  return `${area}${lines.join('')}${dots}`;
}

/** The parts of a line between points where nothing is known; a point that stands alone is a line to itself, which is drawn as a dot. */
function unbroken(points: readonly Point[]): readonly (readonly Point[])[] {
  const parts: Point[][] = [[]];
  for (const point of points) {
    if (Number.isFinite(point[1])) parts.at(-1)?.push(point);
    else parts.push([]);
  }
  return parts
    .filter((part) => part.length > 0)
    .map((part) => (part.length === 1 ? [...part, ...part] : part));
}

const stepped = (points: readonly Point[]): readonly Point[] =>
  points.flatMap(([x, y], i): Point[] => {
    const last = points[i - 1];
    return last === undefined
      ? [[x, y]]
      : [
          [x, last[1]],
          [x, y],
        ];
  });

function markOf({ mark }: LineChart, px: Scale): readonly string[] {
  if (mark === undefined) return [];
  const x = px(mark.x);
  const right = x > LEFT + PLOT_WIDTH / 2;
  return [
    `<path class="mark" d="M${x.toFixed(1)} ${TOP}V${TOP + PLOT_HEIGHT}"/>`,
    text(x + (right ? -4 : 4), TOP + 12, right ? 'end' : 'start', mark.name),
  ];
}

function legendOf(series: readonly Series[]): readonly string[] {
  if (series.length < 2) return [];
  const histogram = series.some(({ style }) => style === 'steps');
  return series.map(({ name }, i) => {
    // Curves leave the lower corner free, histograms the upper one.
    const y = histogram ? TOP + 14 + i * 15 : TOP + PLOT_HEIGHT - 8 - (series.length - 1 - i) * 15;
    const x = LEFT + PLOT_WIDTH - 8;
    return `<rect class="key s${i % 6}" x="${x - 10}" y="${y - 8}" width="9" height="9"/>${text(x - 15, y, 'end', name)}`;
  });
}

/** In one row between title and plot: curves over time leave no corner free. */
function legendAbove(series: readonly Series[]): readonly string[] {
  if (series.length < 2) return [];
  let x = LEFT;
  return series.map(({ name }, i) => {
    const at = x;
    x += KEY_WIDTH + name.length * LETTER_WIDTH;
    return `<rect class="key s${i % 6}" x="${at}" y="${TOP - 14}" width="9" height="9"/>${text(at + 13, TOP - 6, 'start', name)}`;
  });
}

/** No more points than can be seen, the first and last among them. */
function thin({ points, band }: Series): Pick<Series, 'points' | 'band'> {
  if (points.length <= MOST_POINTS) return band === undefined ? { points } : { points, band };
  const kept = Array.from({ length: MOST_POINTS }, (_, i) =>
    Math.round((i * (points.length - 1)) / (MOST_POINTS - 1)),
  );
  const thinned = kept.map((i) => points[i] as Point);
  return band === undefined
    ? { points: thinned }
    : { points: thinned, band: kept.map((i) => band[i] as readonly [number, number]) };
}

function spanOf(values: readonly number[]): readonly [number, number] {
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) return [0, 1];
  return finite.reduce<readonly [number, number]>(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Infinity, -Infinity],
  );
}

function xAxisOf(
  { time }: LineChart,
  span: readonly [number, number],
): readonly [
  readonly { readonly at: number; readonly label: string }[],
  readonly [number, number],
] {
  // Time goes from the first point to the last, of one point to a minute after it.
  if (time === true) return [timeTicks(span), [span[0], Math.max(span[1], span[0] + 60_000)]];
  const [ticks, domain] = ticksOf(span);
  return [ticks.map((at) => ({ at, label: tickLabel(at) })), domain];
}

/** Round numbers over the span, and the domain that begins and ends with them. */
function ticksOf([low, high]: readonly [number, number]): readonly [
  readonly number[],
  readonly [number, number],
] {
  const span = high > low ? high - low : Math.abs(high) || 1;
  const rough = span / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5, 10].find((each) => each * power >= rough) ?? 10) * power;
  const first = Math.floor(low / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(high / step - 1e-9));
  const ticks = Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
  return [ticks, [ticks[0] ?? 0, ticks.at(-1) ?? 1]];
}

const SHORT = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 4 });

/** 0.25, 2500, 250K, 1.5M */
function tickLabel(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e12 || size < 1e-4)) return value.toExponential(1);
  return size >= 1e4 ? SHORT.format(value) : String(Number(value.toPrecision(4)));
}
