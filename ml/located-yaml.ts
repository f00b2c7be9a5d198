// YAML whose every key knows its line and column, so that a wrong value can be pointed at; used by params.ts.
import { isMap, isScalar, LineCounter, parseDocument, type Document, type Node } from 'yaml';

export type KeyPath = readonly (string | number)[];

/** One thing wrong with a params file: where, what was expected and what kind of thing came. Never the value itself. */
export interface ParamsProblem {
  /** As in `candidates[1].grid.n_estimators[0]`; empty for the file as a whole. */
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** A params file that cannot be used; `problems` names each thing that is wrong. */
export class ParamsError extends Error {
  override readonly name = 'ParamsError';

  constructor(
    readonly file: string,
    readonly problems: readonly ParamsProblem[],
    options?: ErrorOptions,
  ) {
    super(problems.map((problem) => describe(file, problem)).join('\n'), options);
  }
}

const describe = (file: string, { path, line, column, message }: ParamsProblem): string =>
  `${file}:${line}:${column}: ${path === '' ? '' : `${path}: `}${message}`;

export class LocatedYaml {
  private constructor(
    private readonly file: string,
    private readonly document: Document,
    private readonly lines: LineCounter,
  ) {}

  /** Throws ParamsError for text that is not YAML, or in which a key appears twice. */
  static parse(file: string, text: string): LocatedYaml {
    const lines = new LineCounter();
    const document = parseDocument(text, {
      lineCounter: lines,
      uniqueKeys: true,
      prettyErrors: false,
    });
    const problems = document.errors.map((error): ParamsProblem => {
      const { line, col } = lines.linePos(error.pos[0]);
      const message =
        error.code === 'DUPLICATE_KEY' ? 'this key appears twice' : `not YAML: ${error.message}`;
      return { path: '', line, column: col, message };
    });
    if (problems.length > 0) throw new ParamsError(file, problems);
    return new LocatedYaml(file, document, lines);
  }

  /** Throws ParamsError for an alias that names no anchor. */
  toValue(): unknown {
    try {
      return this.document.toJS();
    } catch {
      throw new ParamsError(this.file, [this.problem([], 'not YAML: an alias names no anchor')]);
    }
  }

  /** A problem at a path; a path that is not in the file is placed at its nearest parent that is. */
  private problem(path: KeyPath, message: string): ParamsProblem {
    const offset = this.offsetOf(path);
    const { line, col } = offset === null ? { line: 1, col: 1 } : this.lines.linePos(offset);
    return { path: formatPath(path), line, column: col, message };
  }

  /** Throws ParamsError with each problem at its place, in the order of the file. */
  fail(problems: readonly { readonly path: KeyPath; readonly message: string }[]): never {
    const placed = problems.map(({ path, message }) => this.problem(path, message));
    throw new ParamsError(
      this.file,
      placed.sort((a, b) => a.line - b.line || a.column - b.column),
    );
  }

  private offsetOf(path: KeyPath): number | null {
    for (let length = path.length; length > 0; length--) {
      const key = this.keyOffset(path.slice(0, length));
      if (key !== null) return key;
    }
    return null;
  }

  /** The key where the parent is a map, so that `unknown key` and `wrong value` point at the same readable place. */
  private keyOffset(path: KeyPath): number | null {
    const last = path.at(-1);
    const parent =
      path.length === 1 ? this.document.contents : this.document.getIn(path.slice(0, -1), true);
    if (isMap(parent)) {
      const pair = parent.items.find(
        (item) => isScalar(item.key) && String(item.key.value) === String(last),
      );
      return startOf(pair?.key);
    }
    return startOf(this.document.getIn(path, true));
  }
}

const startOf = (node: unknown): number | null => (node as Node | undefined)?.range?.[0] ?? null;

/** ['candidates', 1, 'grid'] -> candidates[1].grid */
export function formatPath(path: KeyPath): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? part : `${text}.${part}`;
  }, '');
}
