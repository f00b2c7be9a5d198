// Reads a V8 CPU profile: who spent the processor's time, by module and by the stack that led there.

/** The parts of a .cpuprofile file that are read. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: {
      readonly functionName: string;
      readonly url: string;
      readonly lineNumber: number;
    };
    readonly children?: readonly number[];
  }[];
  /** Node ids, and microseconds between each sample and the one before. */
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** A function in the place where it was called. */
export interface Frame {
  readonly name: string;
  readonly module: string;
  /** Microseconds, those of everything it called included. */
  readonly total: number;
  readonly self: number;
  /** The longest first. */
  readonly children: readonly Frame[];
}

/** What is no work of the process. */
const IDLE = new Set(['(idle)', '(root)']);

/** A package's name, a file of ours below dist, or a part of Node. */
export function moduleOf(url: string): string {
  const packaged = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1];
  if (packaged !== undefined) return packaged;
  if (url === '') return 'V8 and system calls';
  return /dist\/(.*)/.exec(url)?.[1] ?? url;
}

/** The stacks of the last `windowMs` of a profile, idle time left out. */
export function framesOf({ nodes, samples, timeDeltas }: CpuProfile, windowMs: number): Frame {
  const self = new Map<number, number>();
  let left = windowMs * 1000;
  for (let i = samples.length - 1; i >= 0 && left > 0; i--) {
    const took = timeDeltas[i] ?? 0;
    const id = samples[i] as number;
    self.set(id, (self.get(id) ?? 0) + took);
    left -= took;
  }
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const frameOf = (id: number): Frame | null => {
    const node = byId.get(id);
    if (node === undefined) return null;
    const { functionName, url } = node.callFrame;
    const children = (node.children ?? [])
      .map(frameOf)
      .filter((child) => child !== null && child.total > 0) as Frame[];
    const own = IDLE.has(functionName) ? 0 : (self.get(id) ?? 0);
    return {
      name: functionName === '' ? '(anonymous)' : functionName,
      module: moduleOf(url),
      self: own,
      total: own + children.reduce((sum, { total }) => sum + total, 0),
      children: children.toSorted((a, b) => b.total - a.total),
    };
  };
  const [root] = nodes;
  const found = root === undefined ? null : frameOf(root.id);
  if (found === null) throw new Error('the profile holds no stack');
  return found;
}

/** Shares of the time by module, the largest first. */
export function byModule(
  root: Frame,
): readonly { readonly module: string; readonly share: number }[] {
  const times = new Map<string, number>();
  const add = ({ module, self, children }: Frame): void => {
    times.set(module, (times.get(module) ?? 0) + self);
    children.forEach(add);
  };
  add(root);
  return [...times]
    .map(([module, time]) => ({ module, share: time / root.total }))
    .filter(({ share }) => share > 0)
    .toSorted((a, b) => b.share - a.share);
}
