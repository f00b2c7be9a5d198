// A page that needs nothing but itself: sections under one heading, with links to them.
import { markup, type Html } from './html.ts';
import { STYLE } from './style.ts';

export interface Section {
  readonly id: string;
  readonly title: string;
  readonly body: Html | readonly Html[];
}

/** `lead` stands under the heading. */
export function page(title: string, lead: Html, sections: readonly Section[]): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${markup`${title}`.text}</title>
<style>${STYLE}</style>
</head>
<body>
<header><h1>${markup`${title}`.text}</h1>
${lead.text}
<nav>${sections.map(({ id, title: name }) => `<a href="#${id}">${name}</a>`).join(' ')}</nav></header>
<main>
${sections.map(({ id, title: name, body }) => `<section id="${id}"><h2>${name}</h2>${markup`${body}`.text}</section>`).join('\n')}
</main>
</body>
</html>
`;
}
