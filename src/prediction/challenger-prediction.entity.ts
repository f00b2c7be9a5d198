// What the challenger said about a row that the champion answered, beside the champion's answer.
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { EPOCH_MS } from '../database/epoch-ms.ts';

@Entity('challenger_predictions')
@Index('challenger_predictions_created_at', ['createdAt'])
@Index('challenger_predictions_model_created_at', ['modelName', 'version', 'createdAt'])
export class ChallengerPrediction {
  /** Of the answer in `predictions`. No foreign key: either may be deleted, or not be kept, without the other. */
  @PrimaryColumn('text', { name: 'prediction_id' })
  readonly predictionId!: string;

  /** When the champion answered. */
  @Column({ ...EPOCH_MS, name: 'created_at' })
  readonly createdAt!: number;

  /** `shadow`; or `canary`, only for rows that the challenger should have answered and could not. */
  @Column('text')
  readonly mode!: string;

  @Column('text', { name: 'model_name' })
  readonly modelName!: string;

  @Column('text', { name: 'champion_version' })
  readonly championVersion!: string;

  @Column('double precision', { name: 'champion_probability' })
  readonly championProbability!: number;

  @Column('text', { name: 'champion_label' })
  readonly championLabel!: string;

  @Column('double precision', { name: 'champion_duration_ms' })
  readonly championDurationMs!: number;

  @Column('text')
  readonly version!: string;

  /** null, like the label, where the challenger failed. */
  @Column('double precision', { nullable: true })
  readonly probability!: number | null;

  @Column('text', { nullable: true })
  readonly label!: string | null;

  /** Of encoding and scoring, like the champion's; up to the failure where it failed. */
  @Column('double precision', { name: 'duration_ms' })
  readonly durationMs!: number;

  /** `invalid_input` or `model_error`; null where it scored. */
  @Column('text', { nullable: true })
  readonly error!: string | null;
}
