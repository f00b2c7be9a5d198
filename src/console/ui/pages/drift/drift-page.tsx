// The page "drift".
import type { ReactElement } from 'react';

export default function DriftPage(): ReactElement {
  return <h1>Drift</h1>;
}
