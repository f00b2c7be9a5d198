// The pieces of Markdown that a model card is made of.

export interface CardSection {
  readonly title: string;
  /** Paragraphs and tables; those that are null are left out. */
  readonly body: readonly (string | null)[];
}

/** Sections that have nothing to say are left out with their titles. */
export const document = (title: string, sections: readonly CardSection[]): string =>
  [
    `# ${title}`,
    ...sections.flatMap((section) => {
      const body = section.body.filter((part) => part !== null && part !== '');
      return body.length === 0 ? [] : [`## ${section.title}`, ...body];
    }),
  ].join('\n\n') + '\n';

/** Five digits: more are noise in a measurement on some hundred rows. */
export const figure = (value: number | null | undefined): string =>
  value === null || value === undefined ? 'not known' : `${Number(value.toPrecision(5))}`;

export const range = ({ low, high }: { readonly low: number; readonly high: number }): string =>
  `${figure(low)} to ${figure(high)}`;

/** '' for no rows. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`).replaceAll('\n', ' ')).join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

export const list = (items: readonly string[]): string | null =>
  items.length === 0 ? null : items.map((item) => `- ${item}`).join('\n');
