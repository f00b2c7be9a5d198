// What became of a live state: of its members those that read otherwise than before, and of the series the points that do.
import type { LiveStateResponse } from './live.dto.ts';

/** Members that every event has, and the one that is compared point by point. */
const TOLD_APART: ReadonlySet<string> = new Set<keyof LiveStateResponse>([
  'at',
  'window',
  'series',
]);

/** A state with its members as JSON: what is compared need not be made again. */
export class WrittenState {
  readonly #members = new Map<string, string>();
  readonly #points = new Map<string, string>();

  constructor(readonly state: LiveStateResponse) {
    for (const [name, value] of Object.entries(state))
      if (!TOLD_APART.has(name)) this.#members.set(name, JSON.stringify(value));
    for (const point of state.series) this.#points.set(point.at, JSON.stringify(point));
  }

  /** As an event holds it. */
  toString(): string {
    const { at, window } = this.state;
    return joined([
      ...entriesOf({ at, window }),
      ...this.#members,
      ['series', `[${[...this.#points.values()].join(',')}]`],
    ]);
  }

  /**
   * LiveChangeResponse as JSON; null where the points are others than before, so that only the whole state tells which there are: another step.
   */
  changeSince(before: WrittenState): string | null {
    const { at, window, step_seconds: step } = this.state;
    if (step !== before.state.step_seconds) return null;
    const members = [...this.#members].filter(([name, text]) => before.#members.get(name) !== text);
    return joined([...entriesOf({ at, window }), ...members, ...this.#seriesSince(before)]);
  }

  #seriesSince(before: WrittenState): [string, string][] {
    const from = this.state.series[0]?.at;
    const points = [...this.#points].filter(([at, text]) => before.#points.get(at) !== text);
    if (from === undefined || (points.length === 0 && from === before.state.series[0]?.at))
      return [];
    const texts = points.map(([, text]) => text);
    return [['series', `{"from":${JSON.stringify(from)},"points":[${texts.join(',')}]}`]];
  }
}

const entriesOf = (members: object): [string, string][] =>
  Object.entries(members).map(([name, value]) => [name, JSON.stringify(value)]);

const joined = (entries: readonly (readonly [string, string])[]): string =>
  `{${entries.map(([name, text]) => `${JSON.stringify(name)}:${text}`).join(',')}}`;
