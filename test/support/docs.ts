// What the pages of the documentation hold: their commands with the answers that they show, the programs they print, their links and headings.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Command {
  readonly page: string;
  readonly line: number;
  readonly text: string;
  /** Answers that the page shows for it: comments that are JSON below it, and a `json` block below its own under the same heading. */
  readonly shown: string;
}

export interface Program {
  readonly page: string;
  readonly line: number;
  /** What its first line, a comment, calls it; a part of a program has no name. */
  readonly file: string | undefined;
  readonly text: string;
}

interface Fence {
  readonly language: string;
  readonly line: number;
  readonly lines: readonly string[];
  readonly heading: string;
}

/** A block that does not say what it is is taken for commands. */
const SHELLS = ['', 'sh', 'bash', 'shell', 'console'];
const PROGRAMS = ['js', 'python', 'sql'];
const HEADING = /^#{1,6} +(.*)$/;

/** README.md, then every page of docs/ and of the examples. */
export const PAGES: readonly string[] = [
  'README.md',
  ...['docs', 'examples'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.md'))
      .map((file) => join(folder, file))
      .toSorted(),
  ),
];

export function commandsOf(page: string): readonly Command[] {
  const commands: Command[] = [];
  let heading = '';
  for (const fence of fencesOf(page)) {
    if (SHELLS.includes(fence.language)) commands.push(...commandsIn(page, fence));
    const last = commands.at(-1);
    if (fence.language === 'json' && last !== undefined && fence.heading === heading)
      commands[commands.length - 1] = { ...last, shown: last.shown + fence.lines.join('\n') };
    heading = fence.heading;
  }
  return commands;
}

export const programsOf = (page: string): readonly Program[] =>
  fencesOf(page)
    .filter(({ language }) => PROGRAMS.includes(language))
    .map(({ line, lines }) => ({
      page,
      line,
      file: /^(?:#|\/\/) (\S+\.(?:py|mjs))$/.exec(lines[0] ?? '')?.[1],
      text: `${lines.join('\n')}\n`,
    }));

/** Where the links of a page lead, without those to other sites. */
export const linksOf = (page: string): readonly string[] =>
  [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target));

/** The anchors that GitHub gives to the headings of a page. */
export const anchorsOf = (page: string): readonly string[] =>
  proseOf(page)
    .split('\n')
    .flatMap((line) => HEADING.exec(line)?.[1] ?? [])
    .map((title) =>
      title
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-'),
    );

/** The scripts that a page tells to run by npm, in its commands and between its words. */
export const scriptsOf = (page: string): readonly string[] =>
  [...readFileSync(page, 'utf8').matchAll(/npm run (?:--silent |-s )?([a-z][\w:]*)/g)].map(
    ([, name = '']) => name,
  );

const proseOf = (page: string): string => {
  const fenced = new Set(
    fencesOf(page).flatMap(({ line, lines }) => lines.map((_, index) => line + index)),
  );
  return readFileSync(page, 'utf8')
    .split('\n')
    .filter((_, index) => !fenced.has(index + 1))
    .join('\n');
};

/** Blocks between fences, without the indentation of the list that they stand in. */
function fencesOf(page: string): readonly Fence[] {
  const fences: Fence[] = [];
  let heading = '';
  let open: { language: string; indent: string; line: number; lines: string[] } | undefined;
  for (const [index, line] of readFileSync(page, 'utf8').split('\n').entries()) {
    const [, indent = '', language] = /^( *)```(\w*)$/.exec(line) ?? [];
    if (open === undefined) {
      heading = HEADING.exec(line)?.[1] ?? heading;
      if (language !== undefined) open = { language, indent, line: index + 2, lines: [] };
    } else if (language === undefined) {
      open.lines.push(line.startsWith(open.indent) ? line.slice(open.indent.length) : line);
    } else {
      fences.push({ ...open, heading });
      open = undefined;
    }
  }
  if (open !== undefined)
    throw new Error(`${page}: a block that begins in line ${open.line} does not end`);
  return fences;
}

/** Lines belong to one command until the shell takes them for a whole one; a comment line that is JSON is the answer to the one above. */
function commandsIn(page: string, { line, lines }: Fence): readonly Command[] {
  const commands: Command[] = [];
  let text = '';
  let began = line;
  for (const [index, part] of lines.entries()) {
    const last = commands.at(-1);
    if (text === '' && /^(#.*)?$/.test(part)) {
      if (/^# ( |\{|\[)/.test(part) && last !== undefined)
        commands[commands.length - 1] = { ...last, shown: `${last.shown}${part}\n` };
      continue;
    }
    if (text === '') began = line + index;
    text += text === '' ? part : `\n${part}`;
    if (!isWhole(text)) continue;
    commands.push({ page, line: began, text, shown: '' });
    text = '';
  }
  if (text !== '') throw new Error(`${page}: the command of line ${began} does not end`);
  return commands;
}

const isWhole = (text: string): boolean =>
  !text.endsWith('\\') && spawnSync('bash', ['-n'], { input: text }).status === 0;
