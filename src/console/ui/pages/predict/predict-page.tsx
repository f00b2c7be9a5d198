// The page "predict".
import type { ReactElement } from 'react';

export default function PredictPage(): ReactElement {
  return <h1>Predict</h1>;
}
