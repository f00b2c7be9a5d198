// What the routes of the Open Inference Protocol answer.
import { ApiProperty } from '@nestjs/swagger';

export class ServerMetadataResponse {
  @ApiProperty({ example: 'foretell' })
  readonly name!: string;

  @ApiProperty({ example: '0.1.0' })
  readonly version!: string;

  @ApiProperty({ type: String, isArray: true, example: ['binary_tensor_data'] })
  readonly extensions!: readonly string[];
}

export class ServerLiveResponse {
  @ApiProperty()
  readonly live!: boolean;
}

export class ServerReadyResponse {
  @ApiProperty()
  readonly ready!: boolean;
}

export class ModelReadyResponse {
  @ApiProperty({ example: 'foretell' })
  readonly name!: string;

  @ApiProperty()
  readonly ready!: boolean;
}

export class TensorMetadata {
  @ApiProperty({ example: 'features' })
  readonly name!: string;

  @ApiProperty({ example: 'FP32' })
  readonly datatype!: string;

  @ApiProperty({ type: Number, isArray: true, description: '-1: any number of rows.' })
  readonly shape!: readonly number[];
}

export class ModelMetadataResponse {
  @ApiProperty({ example: 'foretell' })
  readonly name!: string;

  @ApiProperty({ type: String, isArray: true, description: 'The champion first.' })
  readonly versions!: readonly string[];

  @ApiProperty({ enum: ['onnx_onnxv1'] })
  readonly platform!: string;

  @ApiProperty({ type: TensorMetadata, isArray: true })
  readonly inputs!: readonly TensorMetadata[];

  @ApiProperty({ type: TensorMetadata, isArray: true })
  readonly outputs!: readonly TensorMetadata[];

  @ApiProperty({
    type: TensorMetadata,
    isArray: true,
    description: 'What may be sent in place of `features`, one tensor each; in its order.',
  })
  readonly columns!: readonly TensorMetadata[];
}

export class OutputTensor extends TensorMetadata {
  @ApiProperty({ type: 'array', items: {} })
  readonly data!: readonly unknown[];
}

export class InferenceResponse {
  @ApiProperty({ example: 'foretell' })
  readonly model_name!: string;

  @ApiProperty({ example: '1' })
  readonly model_version!: string;

  @ApiProperty({ required: false, description: 'As it came.' })
  readonly id?: string;

  @ApiProperty({ type: OutputTensor, isArray: true })
  readonly outputs!: readonly OutputTensor[];
}
