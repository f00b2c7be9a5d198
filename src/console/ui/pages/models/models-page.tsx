// The page "models".
import type { ReactElement } from 'react';

export default function ModelsPage(): ReactElement {
  return <h1>Models</h1>;
}
