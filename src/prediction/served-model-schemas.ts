// Gives the OpenAPI document the schemas of the model being served.
import { Injectable } from '@nestjs/common';
import { ServedModelSchemas } from '../common/openapi.ts';
import { ModelSlot } from '../model/model-slot.ts';
import { doorSchemasOf } from './door-schemas.ts';
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
    if (model === null) return { ...GENERIC_SCHEMAS, ...doorSchemasOf([]) };
    const { features } = model.bundle.features;
    return { ...schemasOf(features), ...doorSchemasOf(features) };
  }
}
