// The forms of a model URI, read.
import { parseModelUri } from './model-uri.ts';

describe('parseModelUri', () => {
  it.each([
    ['models:/own@champion', { by: 'alias', name: 'own', alias: 'champion' }],
    ['models:/own/3', { by: 'version', name: 'own', version: '3' }],
    ['models:/own/latest', { by: 'latest', name: 'own' }],
    ['models:/own.2-b/production', { by: 'stage', name: 'own.2-b', stage: 'Production' }],
    ['runs:/0f3a/model', { by: 'run', runId: '0f3a' }],
  ])('reads %s', (uri, parsed) => {
    expect(parseModelUri(uri)).toEqual(parsed);
  });

  it('says which forms there are, without repeating what came', () => {
    expect(() => parseModelUri('nonsense')).toThrow('A model URI is models:/<name>@<alias>');
    expect(() => parseModelUri('nonsense')).not.toThrow('nonsense');
  });
});
