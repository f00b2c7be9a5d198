// The page "keys".
import type { ReactElement } from 'react';

export default function KeysPage(): ReactElement {
  return <h1>Keys</h1>;
}
