// The page "batch".
import type { ReactElement } from 'react';

export default function BatchPage(): ReactElement {
  return <h1>Batch</h1>;
}
