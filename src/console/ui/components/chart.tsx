// A chart and the table behind it. ECharts draws on a canvas, in its own chunk that is loaded with the first chart; tooltips are drawn too, since
// the page's policy allows no inline styles in markup.
import { useEffect, useId, useRef, useState, type ReactElement, type ReactNode } from 'react';
import type { ECharts, EChartsCoreOption } from 'echarts/core';
import { usePreferences } from '../shell/preferences.tsx';
import { useTexts, type Texts } from '../shell/texts.ts';
import { DataTable, type TableData } from './data-table.tsx';
import type * as Drawing from './echarts.ts';

const EN = { table: 'Show as a table', hide: 'Hide the table' };
/** After ECharts could not be fetched. */
const ASK_AGAIN_MS = 2000;

const TEXTS: Texts<typeof EN> = {
  en: EN,
  fr: { table: 'Afficher en tableau', hide: 'Masquer le tableau' },
};

/** The theme's colours as they are now, for what is drawn. */
export interface ChartColors {
  readonly text: string;
  readonly muted: string;
  readonly line: string;
  readonly surface: string;
  readonly accent: string;
  readonly good: string;
  readonly warn: string;
  readonly bad: string;
  /** For series side by side, told apart without colour vision too (Okabe and Ito). */
  readonly series: readonly string[];
}

export interface ChartProps {
  readonly title: string;
  /** What the chart shows, in a sentence: its name for a screen reader. */
  readonly summary: string;
  /** Made anew when it, or the theme, changes: keep it in useMemo or useCallback. */
  readonly option: (colors: ChartColors) => EChartsCoreOption;
  /** The same figures to read. A function: made only when it is shown. */
  readonly table: () => TableData;
  /** Pixels. */
  readonly height?: number;
  /** Beside the title. */
  readonly aside?: ReactNode;
  /** A point was clicked: its name or index, as the option gave it. */
  readonly onPick?: (picked: { readonly dataIndex: number; readonly seriesName: string }) => void;
}

export function Chart({
  title,
  summary,
  option,
  table,
  height = 240,
  aside,
  onPick,
}: ChartProps): ReactElement {
  const texts = useTexts(TEXTS);
  const [showsTable, setShowsTable] = useState(false);
  const tableId = useId();
  const canvas = useDrawing(option, onPick);
  return (
    <figure className="chart">
      <figcaption>
        <span>{title}</span>
        <span className="chart-tools">
          {aside}
          <button
            type="button"
            className="quiet"
            aria-expanded={showsTable}
            aria-controls={tableId}
            aria-label={`${showsTable ? texts.hide : texts.table}: ${title}`}
            title={showsTable ? texts.hide : texts.table}
            onClick={() => {
              setShowsTable(!showsTable);
            }}
          >
            <span aria-hidden="true">▦</span>
          </button>
        </span>
      </figcaption>
      <div ref={canvas} role="img" aria-label={summary} style={{ height }} />
      <div id={tableId}>{showsTable && <DataTable caption={title} {...table()} />}</div>
    </figure>
  );
}

function useDrawing(
  option: ChartProps['option'],
  onPick: ChartProps['onPick'],
): React.RefObject<HTMLDivElement | null> {
  const element = useRef<HTMLDivElement>(null);
  const [chart, setChart] = useState<ECharts | null>(null);
  const onScreen = useOnScreen(element);
  const drawn = useRef<unknown>(null);
  const { dark } = usePreferences();
  const picked = useRef(onPick);
  useEffect(() => {
    picked.current = onPick;
  }, [onPick]);
  useEffect(() => {
    const target = element.current;
    if (target === null) return;
    let made: ECharts | null = null;
    let gone = false;
    const sizes = new ResizeObserver(() => made?.resize());
    void loadDrawing(() => !gone).then((drawing) => {
      if (gone || drawing === null) return;
      made = drawing.drawOn(target);
      made.on('click', ({ dataIndex, seriesName }) =>
        picked.current?.({ dataIndex, seriesName: seriesName ?? '' }),
      );
      sizes.observe(target);
      setChart(made);
    });
    return () => {
      gone = true;
      sizes.disconnect();
      made?.dispose();
    };
  }, []);
  useEffect(() => {
    if (chart === null || chart.isDisposed()) return;
    // What nobody sees is drawn once, and drawn anew when it comes into sight.
    if (drawn.current === chart && !onScreen) return;
    drawn.current = chart;
    const colors = colorsNow(dark);
    chart.setOption({ ...common(colors), ...option(colors) }, { notMerge: true });
  }, [chart, option, dark, onScreen]);
  return element;
}

/** ECharts, asked for until it comes: the server may be restarting. null once it is wanted no more. */
async function loadDrawing(isWanted: () => boolean): Promise<typeof Drawing | null> {
  while (isWanted()) {
    try {
      return await import('./echarts.ts');
    } catch {
      await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
    }
  }
  return null;
}

/** Whether an element is in sight, or near it. */
function useOnScreen(element: React.RefObject<HTMLElement | null>): boolean {
  const [onScreen, setOnScreen] = useState(true);
  useEffect(() => {
    const target = element.current;
    if (target === null) return;
    const observer = new IntersectionObserver(
      (entries) => {
        setOnScreen(entries.at(-1)?.isIntersecting ?? true);
      },
      { rootMargin: '200px' },
    );
    observer.observe(target);
    return () => {
      observer.disconnect();
    };
  }, [element]);
  return onScreen;
}

const common = (colors: ChartColors): EChartsCoreOption => ({
  color: [...colors.series],
  animation: false,
  textStyle: { color: colors.text, fontFamily: 'inherit' },
});

/** Read from the style sheet, where they are decided once. `dark` says which of both sets it holds now. */
function colorsNow(dark: boolean): ChartColors {
  const style = getComputedStyle(document.documentElement);
  const of = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    text: of('text'),
    muted: of('muted'),
    line: of('line'),
    surface: of('surface'),
    accent: of('accent'),
    good: of('good'),
    warn: of('warn'),
    bad: of('bad'),
    series: dark
      ? ['#56b4e9', '#e69f00', '#00c08b', '#cc79a7', '#f0e442', '#ff7a45', '#9aa7b8']
      : ['#0072b2', '#d55e00', '#00805f', '#a4447c', '#8a7400', '#56b4e9', '#5b6675'],
  };
}
