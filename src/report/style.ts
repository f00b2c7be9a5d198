// The look of report pages, light and dark; charts take their colours from it.

export const STYLE = `
:root{--ink:#1b1f24;--soft:#5b6572;--line:#d8dee4;--paper:#fff;--s0:#1f5fa8;--s1:#c2410c;--s2:#15803d;--s3:#7e22ce;--s4:#0e7490;--s5:#a16207}
@media (prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#9aa6b2;--line:#30363d;--paper:#0d1117;--s0:#6cb2ff;--s1:#ff9d6e;--s2:#6fdd8b;--s3:#d2a8ff;--s4:#67d9ee;--s5:#e3c26f}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:72rem;padding:1rem;font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper)}
h1{margin:.5rem 0}h2{margin-top:2.5rem;border-bottom:1px solid var(--line)}
nav{display:flex;flex-wrap:wrap;gap:.25rem 1rem}a{color:var(--s0)}
.wide{overflow-x:auto}table{border-collapse:collapse;font-size:.9rem}
th,td{padding:.25rem .75rem;text-align:left;border-bottom:1px solid var(--line);vertical-align:top}
.number{text-align:right;font-variant-numeric:tabular-nums}
.charts{display:flex;flex-wrap:wrap;gap:1rem;margin-top:1rem}
svg{max-width:100%;height:auto;font:12px system-ui,sans-serif}svg text{fill:var(--ink)}svg .title{font-size:14px;font-weight:600}
.grid{stroke:var(--line);fill:none}.line{fill:none;stroke-width:2;stroke-linecap:round}.dashed{stroke-dasharray:4 4}.mark{stroke:var(--soft);stroke-dasharray:2 3}
.band{stroke:none;opacity:.18}.bar,.key{fill:var(--s0)}.whisker{stroke:var(--ink)}
${[0, 1, 2, 3, 4, 5].map((i) => `.line.s${i}{stroke:var(--s${i})}circle.s${i},.band.s${i},.key.s${i}{fill:var(--s${i})}`).join('')}

.verdict{font-size:1.25rem;padding:.5rem 1rem;border-left:.4rem solid var(--s2)}.verdict.bad{border-color:var(--s1)}
pre{overflow-x:auto;font-size:.8rem}details{margin:1rem 0}
@media print{nav{display:none}section{break-inside:avoid-page}}
`;
