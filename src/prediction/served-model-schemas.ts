// Gives the OpenAPI document the schemas of the model being served.
import { Injectable } from '@nestjs/common';
import { ServedModelSchemas } from '../common/openapi.ts';
import { ModelSlot } from '../model/model-slot.ts';
import { GENERIC_SCHEMAS, schemasOf, type NamedSchemas } from './feature-schemas.ts';

@Injectable()
export class SlotSchemas extends ServedModelSchemas {
  constructor(private readonly slot: ModelSlot) {
    super();
  }

  served(): object | null {
    // The bundle, not the slot's record of it, which is made anew whenever an alias moves.
    return this.slot.peek()?.bundle ?? null;
  }

  schemas(): NamedSchemas {
    const model = this.slot.peek();
    return model === null ? GENERIC_SCHEMAS : schemasOf(model.bundle.features.features);
  }
}
