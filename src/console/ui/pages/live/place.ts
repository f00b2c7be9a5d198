// Addresses within the page Live: the same page, with one thing of it opened.
import { useCallback } from 'react';
import { linkTo, usePlace } from '../../shell/location.ts';

type Opened = 'anomaly' | 'prediction';

/** `link('prediction', id)`: everything else of the address stays. */
export function useLink(): (opened: Opened, id: string) => string {
  const { path, query } = usePlace();
  return useCallback(
    (opened, id) => linkTo(path, { ...Object.fromEntries(query), [opened]: id }),
    [path, query],
  );
}
