// Reads the grammar of a JSON text (RFC 8259) without building values: finds what JSON.parse does not say, which is where a text goes
// wrong (its messages differ between Node versions and quote the text) and which key an object holds twice.

export type JsonFlaw =
  | { readonly kind: 'malformed'; readonly offset: number }
  | { readonly kind: 'too_deep'; readonly offset: number }
  | { readonly kind: 'duplicate_key'; readonly offset: number; readonly key: string };

const SPACE = /[ \t\n\r]*/y;
/** A string with its quotes, loop unrolled: the classes are disjoint, so that no input makes it backtrack. */
const STRING = /"[ !#-[\]-\uffff]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[ !#-[\]-\uffff]*)*"/y;
const NUMBER_OR_WORD = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

class Flawed extends Error {
  constructor(readonly flaw: JsonFlaw) {
    super(flaw.kind);
  }
}

/** The first flaw of a JSON text, or null. O(length); an object costs a set of its keys. */
export function findJsonFlaw(text: string, maxDepth: number): JsonFlaw | null {
  try {
    new Scan(text, maxDepth).document();
    return null;
  } catch (error) {
    if (error instanceof Flawed) return error.flaw;
    throw error;
  }
}

class Scan {
  private at = 0;

  constructor(
    private readonly text: string,
    private readonly maxDepth: number,
  ) {}

  document(): void {
    this.value(0);
    if (this.at < this.text.length) throw this.malformed();
  }

  /** One value and the space around it. Recursive: maxDepth bounds the stack. */
  private value(depth: number): void {
    this.take(SPACE);
    if (depth > this.maxDepth) throw new Flawed({ kind: 'too_deep', offset: this.at });
    const first = this.text[this.at];
    if (first === '{') this.object(depth);
    else if (first === '[') this.array(depth);
    else this.require(first === '"' ? STRING : NUMBER_OR_WORD);
    this.take(SPACE);
  }

  private object(depth: number): void {
    this.at += 1;
    this.take(SPACE);
    if (this.skip('}')) return;
    const keys = new Set<string>();
    do {
      this.take(SPACE);
      this.key(keys);
      this.take(SPACE);
      if (!this.skip(':')) throw this.malformed();
      this.value(depth + 1);
    } while (this.skip(','));
    if (!this.skip('}')) throw this.malformed();
  }

  private key(keys: Set<string>): void {
    const offset = this.at;
    this.require(STRING);
    const literal = this.text.slice(offset, this.at);
    // "a" and "\u0061" are one key.
    const key = literal.includes('\\') ? (JSON.parse(literal) as string) : literal.slice(1, -1);
    if (keys.has(key)) throw new Flawed({ kind: 'duplicate_key', offset, key });
    keys.add(key);
  }

  private array(depth: number): void {
    this.at += 1;
    this.take(SPACE);
    if (this.skip(']')) return;
    do this.value(depth + 1);
    while (this.skip(','));
    if (!this.skip(']')) throw this.malformed();
  }

  private skip(character: string): boolean {
    if (this.text[this.at] !== character) return false;
    this.at += 1;
    return true;
  }

  private take(token: RegExp): boolean {
    token.lastIndex = this.at;
    if (!token.test(this.text)) return false;
    this.at = token.lastIndex;
    return true;
  }

  private require(token: RegExp): void {
    if (!this.take(token)) throw this.malformed();
  }

  private malformed(): Flawed {
    return new Flawed({ kind: 'malformed', offset: this.at });
  }
}
