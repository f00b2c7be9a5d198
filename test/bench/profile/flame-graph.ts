// A flame graph as one HTML page without a script: a bar for each function, as wide as its time, below the one that called it.
import type { Frame } from './cpu-profile.ts';

const ROW = 18;
/** Narrower bars cannot be seen. */
const NARROWEST = 0.0005;

const escape = (text: string): string =>
  text.replace(
    /[&<>"]/g,
    (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c] ?? c,
  );

/** The same colour for the same module. */
function hueOf(module: string): number {
  let hash = 0;
  for (const c of module) hash = (hash * 31 + (c.codePointAt(0) ?? 0)) % 360;
  return hash;
}

export function flameGraph(title: string, root: Frame): string {
  const bars: string[] = [];
  let deepest = 0;
  const draw = (frame: Frame, from: number, depth: number): void => {
    const share = frame.total / root.total;
    if (share < NARROWEST) return;
    deepest = Math.max(deepest, depth);
    const label = `${frame.name} · ${frame.module} · ${(100 * share).toFixed(1)} %, itself ${((100 * frame.self) / root.total).toFixed(1)} %`;
    bars.push(
      `<div title="${escape(label)}" style="left:${(100 * from).toFixed(3)}%;width:${(100 * share).toFixed(3)}%;top:${depth * ROW}px;background:hsl(${hueOf(frame.module)} 60% 70%)">${escape(frame.name)}</div>`,
    );
    let at = from;
    for (const child of frame.children) {
      draw(child, at, depth + 1);
      at += child.total / root.total;
    }
  };
  draw(root, 0, 0);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escape(title)}</title>
<style>body{margin:1rem;font:14px system-ui,sans-serif}main{position:relative;height:${(deepest + 2) * ROW}px}
main div{position:absolute;height:${ROW - 1}px;overflow:hidden;white-space:nowrap;font-size:11px;line-height:${ROW - 1}px;color:#111;box-sizing:border-box;border-right:1px solid #fff}</style></head>
<body><h1>${escape(title)}</h1><p>Wider is longer; colours are modules; the pointer over a bar tells more.</p>
<main>
${bars.join('\n')}
</main></body></html>
`;
}
