// The model card of a version: to read, and to keep as Markdown.
import { useQuery } from '@tanstack/react-query';
import { Fragment, useMemo, type ReactElement, type ReactNode } from 'react';
import { DataTable } from '../../components/data-table.tsx';
import { Asked } from '../../components/states.tsx';
import { useQueryValue } from '../../shell/location.ts';
import { useTexts } from '../../shell/texts.ts';
import { blocksOf, headingOf, plain, type Block, type Line } from './card-blocks.ts';
import { MODELS_TEXTS } from './models-texts.ts';
import { cardQuery, versionsQuery } from './queries.ts';

export function CardView({ name }: { readonly name: string }): ReactElement {
  const texts = useTexts(MODELS_TEXTS).card;
  const versions = useQuery(versionsQuery(name));
  const [chosen, choose] = useQueryValue<string>('version', '');
  return (
    <Asked query={versions}>
      {({ items }) => {
        const shown =
          items.find(({ version }) => version === chosen) ??
          items.find(({ aliases }) => aliases.includes('champion')) ??
          items[0];
        return (
          <>
            <label className="model-chooser">
              {texts.version}{' '}
              <select
                value={shown?.version}
                onChange={({ target }) => {
                  choose(target.value);
                }}
              >
                {items.map(({ version, aliases }) => (
                  <option key={version} value={version}>
                    {[version, ...aliases].join(' · ')}
                  </option>
                ))}
              </select>
            </label>
            {shown !== undefined && <Card name={name} version={shown.version} />}
          </>
        );
      }}
    </Asked>
  );
}

function Card({
  name,
  version,
}: {
  readonly name: string;
  readonly version: string;
}): ReactElement {
  const texts = useTexts(MODELS_TEXTS).card;
  const card = useQuery(cardQuery(name, version));
  return (
    <Asked query={card}>
      {({ markdown }) => (
        <article className="card model-card">
          <button
            type="button"
            className="model-card-download"
            onClick={() => {
              download(`${name}-${version}.md`, markdown);
            }}
          >
            {texts.download}
          </button>
          <Markdown text={markdown} />
        </article>
      )}
    </Asked>
  );
}

function download(file: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/markdown' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = file;
  link.click();
  URL.revokeObjectURL(url);
}

function Markdown({ text }: { readonly text: string }): ReactElement {
  const blocks = useMemo(() => blocksOf(text), [text]);
  return (
    <>
      {blocks.map((block, i) => (
        <Fragment key={i}>{drawn(block, headingOf(blocks, i))}</Fragment>
      ))}
    </>
  );
}

/** The card's own title comes below the page's. */
function drawn(block: Block, heading: string): ReactNode {
  switch (block.kind) {
    case 'heading':
      return block.level === 1 ? <h2>{inline(block.text)}</h2> : <h3>{inline(block.text)}</h3>;
    case 'paragraph':
      return <p>{inline(block.text)}</p>;
    case 'list':
      return (
        <ul>
          {block.items.map((item, i) => (
            <li key={i}>{inline(item)}</li>
          ))}
        </ul>
      );
    case 'table':
      return <CardTable block={block} heading={heading} />;
  }
}

function CardTable({
  block: { header, rows },
  heading,
}: {
  readonly block: Block & { readonly kind: 'table' };
  readonly heading: string;
}): ReactElement {
  const texts = useTexts(MODELS_TEXTS).card;
  return (
    <DataTable
      caption={texts.table(heading)}
      hidesCaption
      columns={header.map((cell) => ({ header: plain(cell) }))}
      rows={rows.map((cells) => cells.map(inline))}
    />
  );
}

const inline = (line: Line): ReactNode =>
  line.map(({ kind, text }, i) => {
    if (kind === 'code') return <code key={i}>{text}</code>;
    return kind === 'bold' ? <strong key={i}>{text}</strong> : text;
  });
