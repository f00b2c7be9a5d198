// An instant in the zone that the reader chose; the other zone, and the exact instant, on demand.
import type { ReactElement } from 'react';
import { useFormats } from '../shell/formats.ts';
import { usePreferences } from '../shell/preferences.tsx';

export function Time({ at }: { readonly at: string }): ReactElement {
  const { zone } = usePreferences();
  const { instant } = useFormats();
  const other = zone === 'utc' ? 'local' : 'utc';
  return (
    <time dateTime={at} title={`${instant(at, other)}${other === 'utc' ? ' UTC' : ''}`}>
      {instant(at)}
      {zone === 'utc' && ' UTC'}
    </time>
  );
}
