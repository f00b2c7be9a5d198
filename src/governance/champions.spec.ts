import { standingChampions, type ChampionMove } from './champions.ts';

const to = (
  version: string | null,
  cause: ChampionMove['cause'] = 'promotion',
  fromVersion: string | null = null,
): ChampionMove => ({ version, cause, fromVersion });

describe('standingChampions', () => {
  it.each<[string, readonly ChampionMove[], readonly string[]]>([
    ['no moves', [], []],
    ['one promotion after another', [to('1'), to('2'), to('3')], ['1', '2', '3']],
    ['a rollback', [to('1'), to('2'), to('1', 'rollback')], ['1']],
    ['a promotion after a rollback', [to('1'), to('2'), to('1', 'rollback'), to('3')], ['1', '3']],
    [
      'two rollbacks in a row',
      [to('1'), to('2'), to('3'), to('2', 'rollback'), to('1', 'rollback')],
      ['1'],
    ],
    [
      'a rollback over a version that was deleted',
      [to('1'), to('2'), to('3'), to('1', 'rollback')],
      ['1'],
    ],
    ['a version that returns', [to('1'), to('2'), to('1')], ['1', '2', '1']],
    [
      'a rollback to a version that returned',
      [to('1'), to('2'), to('1'), to('3'), to('1', 'rollback')],
      ['1', '2', '1'],
    ],
    ['a move that was undone', [to('1'), to('2'), to('1', 'undone')], ['1']],
    ['a first move that was undone', [to('1'), to(null, 'undone')], []],
    ['a move by other hands', [to('1'), to('3', 'outside')], ['1', '3']],
    ['a champion from before the history', [to('2', 'promotion', '1')], ['1', '2']],
    ['the same move told twice', [to('1'), to('1', 'outside')], ['1']],
  ])('after %s', (_, moves, expected) => {
    expect(standingChampions(moves)).toEqual(expected);
  });
});
