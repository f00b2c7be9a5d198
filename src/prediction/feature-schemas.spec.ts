import type { ModelFeature } from '../features/feature-spec.ts';
import { GENERIC_SCHEMAS, schemasOf } from './feature-schemas.ts';

const RADIUS: ModelFeature = {
  kind: 'numeric',
  name: 'mean radius',
  nullable: false,
  description: 'Mean distance from the centre.',
  unit: 'mm',
  range: { min: 0 },
  training: { min: 6.98, max: 28.1, median: 13.4 },
};
const HOUSING: ModelFeature = {
  kind: 'categorical',
  name: 'housing',
  nullable: true,
  categories: ['own', 'rent'],
  training: { mode: 'own' },
};

describe('schemasOf', () => {
  const { Features, PredictRequest } = schemasOf([RADIUS, HOUSING]);

  it('states type, domain, unit and training range of a number', () => {
    expect(Features?.properties?.['mean radius']).toEqual({
      type: 'number',
      minimum: 0,
      'x-unit': 'mm',
      description:
        'Mean distance from the centre. Unit: mm. Training range 6.98 to 28.1, median 13.4.',
      example: 13.4,
    });
  });

  it('lists the categories, and null where the feature may be missing', () => {
    expect(Features?.properties?.['housing']).toMatchObject({
      type: 'string',
      nullable: true,
      enum: ['own', 'rent', null],
      example: 'own',
    });
  });

  it('requires what may not be missing and allows nothing else', () => {
    expect(Features?.required).toEqual(['mean radius']);
    expect(Features?.additionalProperties).toBe(false);
  });

  it('has an example made of medians and modes that can be sent as it is', () => {
    expect(PredictRequest?.example).toEqual({ features: { 'mean radius': 13.4, housing: 'own' } });
  });

  it('says nothing of training where a model from elsewhere does not tell, and has an example all the same', () => {
    const schemas = schemasOf([{ name: 'b', kind: 'numeric', nullable: true, training: null }]);
    expect(schemas['Features']?.properties?.['b']).toEqual({
      type: 'number',
      nullable: true,
      description: 'May be missing or null.',
      example: 0,
    });
    expect(schemas['PredictRequest']?.example).toEqual({ features: { b: 0 } });
  });

  it('takes any object until a model is served', () => {
    expect(GENERIC_SCHEMAS['Features']?.additionalProperties).toBe(true);
    expect(GENERIC_SCHEMAS['PredictRequest']?.example).toBeUndefined();
  });
});
