// Where in the text of a JSON object the value of a member begins: what a message about it points at.

/** A string, a bracket, a separator, or whatever else stands between two of them. */
const TOKEN = /\s*("(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s"{}[\],:]+)/y;

/** Of the last member of that name, which is the one that JSON.parse takes; null where there is none. The text is a valid JSON object. */
export function memberOffset(text: string, name: string): number | null {
  const token = new RegExp(TOKEN);
  let depth = 0;
  let last = '';
  let isNamed = false;
  let found: number | null = null;
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    const [, part = ''] = match;
    if (depth === 1 && isNamed) found = token.lastIndex - part.length;
    // Only a key comes before a colon.
    isNamed = part === ':' && JSON.parse(last) === name;
    if (part === '{' || part === '[') depth += 1;
    else if (part === '}' || part === ']') depth -= 1;
    last = part;
  }
  return found;
}
