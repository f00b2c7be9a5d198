// The page "live".
import type { ReactElement } from 'react';

export default function LivePage(): ReactElement {
  return <h1>Live</h1>;
}
