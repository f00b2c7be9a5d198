// HTML by template, with everything that is filled in escaped.

/** Text that is HTML already. */
export class Html {
  constructor(readonly text: string) {}
  toString(): string {
    return this.text;
  }
}

type Filling = Html | string | number | null | readonly Filling[];

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);

function fill(filling: Filling): string {
  if (filling === null) return '';
  if (filling instanceof Html) return filling.text;
  if (Array.isArray(filling)) return filling.map(fill).join('');
  return escapeHtml(String(filling));
}

/** markup`<p>${text}</p>`: strings and numbers are escaped, Html and lists of it are taken as they are, null is nothing. */
export const markup = (parts: TemplateStringsArray, ...fillings: readonly Filling[]): Html =>
  new Html(parts.reduce((text, part, i) => text + fill(fillings[i - 1] ?? null) + part));

export interface Column<Row> {
  readonly head: string;
  readonly cell: (row: Row) => Html | string | number | null;
  /** Numbers stand to the right. */
  readonly right?: boolean;
}

export function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): Html {
  const side = ({ right }: Column<Row>): Html => new Html(right === true ? ' class="number"' : '');
  const head = columns.map((column) => markup`<th${side(column)}>${column.head}</th>`);
  const body = rows.map((row) => {
    const cells = columns.map((column) => markup`<td${side(column)}>${column.cell(row)}</td>`);
    return markup`<tr>${cells}</tr>\n`;
  });
  return markup`<div class="wide"><table>\n<thead><tr>${head}</tr></thead>\n<tbody>${body}</tbody>\n</table></div>`;
}
