// One figure that is watched: its name, its value, how it changed since the window before.
import type { ReactElement, ReactNode } from 'react';

interface TileProps {
  readonly name: string;
  readonly value: ReactNode;
  /** Below the value: the change, or what the value is of. */
  readonly note?: ReactNode;
  readonly tone?: 'neutral' | 'good' | 'warn' | 'bad';
}

export const Tile = ({ name, value, note, tone = 'neutral' }: TileProps): ReactElement => (
  <div className={`tile ${tone}`}>
    <dt>{name}</dt>
    <dd>
      <span className="tile-value">{value}</span>
      {note !== undefined && <span className="tile-note">{note}</span>}
    </dd>
  </div>
);

/** Tiles side by side: a list of terms to a screen reader. */
export const Tiles = ({ children }: { readonly children: ReactNode }): ReactElement => (
  <dl className="tiles">{children}</dl>
);
