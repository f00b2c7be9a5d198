// The Markdown of model cards, as the server writes it, taken apart.
import { blocksOf, headingOf, type Line } from './card-blocks.ts';

const text = (value: string): Line => [{ kind: 'text', text: value }];

describe('blocksOf', () => {
  it('takes apart headings, paragraphs, lists and tables with what is in them', () => {
    const markdown = [
      '# Model card: foretell',
      '## Data',
      'Of two lines,\nof which this is **one**.',
      ['| name | unit |', '| --- | --- |', String.raw`| a\|b | mm |`, '| `c` |  |'].join('\n'),
      '- first\n- second',
    ].join('\n\n');
    expect(blocksOf(markdown)).toEqual([
      { kind: 'heading', level: 1, text: text('Model card: foretell') },
      { kind: 'heading', level: 2, text: text('Data') },
      {
        kind: 'paragraph',
        text: [
          { kind: 'text', text: 'Of two lines, of which this is ' },
          { kind: 'bold', text: 'one' },
          { kind: 'text', text: '.' },
        ],
      },
      {
        kind: 'table',
        header: [text('name'), text('unit')],
        rows: [
          [text('a|b'), text('mm')],
          [[{ kind: 'code', text: 'c' }], []],
        ],
      },
      { kind: 'list', items: [text('first'), text('second')] },
    ]);
  });

  it('leaves markup and what it does not know as text', () => {
    expect(blocksOf('<img src=x onerror=alert(1)> and [a link](http://x)')).toEqual([
      { kind: 'paragraph', text: text('<img src=x onerror=alert(1)> and [a link](http://x)') },
    ]);
    expect(blocksOf('2 * 3 ** 4 and `open')).toEqual([
      { kind: 'paragraph', text: text('2 * 3 ** 4 and `open') },
    ]);
  });

  it('answers nothing for nothing', () => {
    expect(blocksOf(' \n\n ')).toEqual([]);
  });
});

it('headingOf names the heading that a block stands below', () => {
  const blocks = blocksOf('first\n\n## One `two`\n\nbelow');
  expect(blocks.map((_, i) => headingOf(blocks, i))).toEqual(['', 'One two', 'One two']);
});
