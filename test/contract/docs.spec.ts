// The pages of the documentation hold together: links lead to files and headings that are there, scripts that they name exist, the index knows every page.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { PAGES, anchorsOf, linksOf, scriptsOf } from '../support/docs.ts';

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
};

function leadsSomewhere(page: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const file = path === '' ? page : join(dirname(page), decodeURIComponent(path));
  return existsSync(file) && (anchor === undefined || anchorsOf(file).includes(anchor));
}

describe.each(PAGES)('%s', (page) => {
  it('links to files and headings that are there', () => {
    expect(linksOf(page).filter((link) => !leadsSomewhere(page, link))).toEqual([]);
  });

  it('names scripts of npm that are there', () => {
    expect(scriptsOf(page).filter((name) => !(name in scripts))).toEqual([]);
  });
});

it('every page can be reached from the README', () => {
  const reached = new Set<string>();
  const follow = (page: string): void => {
    if (reached.has(page) || !page.endsWith('.md')) return;
    reached.add(page);
    for (const link of linksOf(page))
      follow(relative('.', join(dirname(page), link.split('#')[0] ?? '')));
  };
  follow('README.md');
  expect(PAGES.filter((page) => !reached.has(page))).toEqual([]);
});
