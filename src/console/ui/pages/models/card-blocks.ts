// The Markdown that model cards are written in, taken apart: headings, paragraphs, lists and tables; within them code and bold. Anything else
// is text, as it stands.
export type Inline =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'bold'; readonly text: string };

export type Line = readonly Inline[];

export type Block =
  | { readonly kind: 'heading'; readonly level: number; readonly text: Line }
  | { readonly kind: 'paragraph'; readonly text: Line }
  | { readonly kind: 'list'; readonly items: readonly Line[] }
  | {
      readonly kind: 'table';
      readonly header: readonly Line[];
      readonly rows: readonly (readonly Line[])[];
    };

/** Blocks are divided by empty lines. */
export const blocksOf = (markdown: string): readonly Block[] =>
  markdown
    .split(/\n\s*\n/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(blockOf);

/** The text of the heading that a block stands below; '' above the first. */
export function headingOf(blocks: readonly Block[], at: number): string {
  const heading = blocks.slice(0, at + 1).findLast(({ kind }) => kind === 'heading');
  return heading?.kind === 'heading' ? plain(heading.text) : '';
}

export const plain = (line: Line): string => line.map(({ text }) => text).join('');

function blockOf(text: string): Block {
  const lines = text.split('\n');
  const heading = lines.length === 1 ? /^(#{1,6}) (.+)$/.exec(text) : null;
  if (heading !== null)
    return { kind: 'heading', level: heading[1]?.length ?? 1, text: inlinesOf(heading[2] ?? '') };
  if (lines.every((line) => line.startsWith('- ')))
    return { kind: 'list', items: lines.map((line) => inlinesOf(line.slice(2))) };
  const [header, divider, ...rows] = lines;
  if (header !== undefined && /^\|( ?:?-{3,}:? ?\|)+$/.test(divider ?? ''))
    return { kind: 'table', header: cellsOf(header), rows: rows.map(cellsOf) };
  return { kind: 'paragraph', text: inlinesOf(lines.join(' ')) };
}

/** `\|` stands for a bar within a cell. */
const cellsOf = (line: string): readonly Line[] =>
  line
    .replace(/^\|/, '')
    .replace(/\|$/, '')
    .split(/(?<!\\)\|/)
    .map((cell) => inlinesOf(cell.trim().replaceAll(String.raw`\|`, '|')));

function inlinesOf(text: string): Line {
  return text
    .split(/(`[^`]+`|\*\*[^*]+\*\*)/)
    .filter((part) => part !== '')
    .map((part) => {
      if (/^`[^`]+`$/.test(part)) return { kind: 'code', text: part.slice(1, -1) };
      if (/^\*\*[^*]+\*\*$/.test(part)) return { kind: 'bold', text: part.slice(2, -2) };
      return { kind: 'text', text: part };
    });
}
