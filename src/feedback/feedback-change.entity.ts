// One state of the label of a prediction: its first, or what a change made of it. Written by the database with the change itself.
import { Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { Feedback } from './feedback.entity.ts';
import { FeedbackStatement } from './feedback-statement.entity.ts';

@Entity('feedback_history')
export class FeedbackChange extends FeedbackStatement {
  @ForeignKey(() => Feedback, {
    name: 'feedback_history_prediction_id_fkey',
    onDelete: 'CASCADE',
  })
  @PrimaryColumn('text', { name: 'prediction_id' })
  readonly predictionId!: string;

  @PrimaryColumn('integer')
  readonly revision!: number;
}
