// What GET /monitoring/drift answers about all features together.
import { ApiProperty } from '@nestjs/swagger';

const VERDICTS = ['drift', 'no_drift', 'insufficient_data'];

class AucInterval {
  @ApiProperty({ example: 0.52 })
  readonly value!: number;

  @ApiProperty()
  readonly low!: number;

  @ApiProperty()
  readonly high!: number;
}

class SideRowsResponse {
  @ApiProperty()
  readonly reference!: number;

  @ApiProperty()
  readonly current!: number;
}

class NannymlVerdict {
  @ApiProperty({ enum: ['nannyml-0.13'] })
  readonly convention!: string;

  @ApiProperty({ enum: VERDICTS })
  readonly verdict!: string;
}

class NannymlClassifierVerdict extends NannymlVerdict {
  @ApiProperty({ example: 0.45 })
  readonly low!: number;

  @ApiProperty({ example: 0.65 })
  readonly high!: number;
}

class TopFeature {
  @ApiProperty({ example: 'mean radius' })
  readonly name!: string;

  @ApiProperty()
  readonly share!: number;
}

class DomainClassifierResponse {
  @ApiProperty({
    type: AucInterval,
    nullable: true,
    description:
      'How well rows of the window are told from rows of the reference, out of fold, with the interval of DeLong at 95 %.',
  })
  readonly roc_auc!: AucInterval | null;

  @ApiProperty({ type: SideRowsResponse })
  readonly rows!: SideRowsResponse;

  @ApiProperty()
  readonly folds!: number;

  @ApiProperty({ enum: VERDICTS, description: 'drift: the interval lies above the threshold.' })
  readonly verdict!: string;

  @ApiProperty()
  readonly threshold!: number;

  @ApiProperty({ type: NannymlClassifierVerdict })
  readonly convention_verdict!: NannymlClassifierVerdict;

  @ApiProperty({
    type: TopFeature,
    isArray: true,
    description: 'What rows were told apart by, by the share of what the trees gained.',
  })
  readonly top_features!: readonly TopFeature[];
}

class ReconstructionError {
  @ApiProperty()
  readonly reference_mean!: number;

  @ApiProperty()
  readonly low!: number;

  @ApiProperty()
  readonly high!: number;

  @ApiProperty()
  readonly current!: number;
}

class PcaResponse {
  @ApiProperty({ type: ReconstructionError, nullable: true })
  readonly reconstruction_error!: ReconstructionError | null;

  @ApiProperty()
  readonly components!: number;

  @ApiProperty()
  readonly explained_variance!: number;

  @ApiProperty({ enum: VERDICTS })
  readonly verdict!: string;

  @ApiProperty({ type: NannymlVerdict })
  readonly convention_verdict!: NannymlVerdict;
}

export class MultivariateResponse {
  @ApiProperty({ type: DomainClassifierResponse })
  readonly domain_classifier!: DomainClassifierResponse;

  @ApiProperty({ type: PcaResponse })
  readonly pca!: PcaResponse;

  @ApiProperty({ description: 'Of the draw of rows and of the folds.' })
  readonly seed!: number;
}
