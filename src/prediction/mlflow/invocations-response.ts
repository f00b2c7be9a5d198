// The answer of POST /invocations: what `mlflow models serve` answers for a bundle of ours, one record a row with the outputs of its graph.
import { ApiProperty } from '@nestjs/swagger';
import type { RowsAnswer } from '../predict-rows.ts';

export class InvocationPrediction {
  @ApiProperty({ enum: [0, 1], description: '1 where the probability reaches the threshold.' })
  readonly label!: number;

  @ApiProperty({ minimum: 0, maximum: 1, description: 'Probability of the positive class.' })
  readonly probability!: number;
}

export class InvocationsResponse {
  @ApiProperty({ type: InvocationPrediction, isArray: true })
  readonly predictions!: readonly InvocationPrediction[];
}

export const toInvocationsResponse = ({
  positive,
  probability,
}: RowsAnswer): InvocationsResponse => ({
  predictions: Array.from(probability, (value, i) => ({
    label: positive[i] ?? 0,
    probability: value,
  })),
});
