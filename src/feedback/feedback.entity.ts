// The label of a prediction as it stands, beside what quality is computed from: no figure has to look the prediction up. The database deletes
// it with its prediction, and keeps every change in feedback_history.
import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { EPOCH_MS } from '../database/epoch-ms.ts';
import { LoggedPrediction } from '../prediction/logged-prediction.entity.ts';
import { FeedbackStatement } from './feedback-statement.entity.ts';

@Entity('feedback')
@Index('feedback_model_predicted_at', ['modelName', 'modelVersion', 'predictedAt', 'predictionId'])
export class Feedback extends FeedbackStatement {
  @ForeignKey(() => LoggedPrediction, {
    name: 'feedback_prediction_id_fkey',
    onDelete: 'CASCADE',
  })
  @PrimaryColumn('text', { name: 'prediction_id' })
  readonly predictionId!: string;

  /** From 1; one more with every change. */
  @Column('integer')
  readonly revision!: number;

  @Column({ ...EPOCH_MS, name: 'predicted_at' })
  readonly predictedAt!: number;

  @Column('text', { name: 'model_name' })
  readonly modelName!: string;

  @Column('text', { name: 'model_version' })
  readonly modelVersion!: string;

  @Column('double precision')
  readonly probability!: number;

  @Column('double precision')
  readonly threshold!: number;

  /** 1 where it was answered with the positive label. */
  @Column('integer')
  readonly predicted!: number;
}
