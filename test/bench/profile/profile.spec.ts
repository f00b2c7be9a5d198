// What a CPU profile is read as, on one made by hand.
import { byModule, framesOf, moduleOf, type CpuProfile } from './cpu-profile.ts';
import { flameGraph } from './flame-graph.ts';

const node = (id: number, functionName: string, url: string, children: readonly number[] = []) => ({
  id,
  callFrame: { functionName, url, lineNumber: 1 },
  children,
});

const profile: CpuProfile = {
  nodes: [
    node(1, '(root)', '', [2, 3, 6]),
    node(2, '(idle)', ''),
    node(3, 'handle', 'file:///app/node_modules/@nestjs/core/router.js', [4, 5]),
    node(4, 'predict', 'file:///app/dist/src/prediction/service.js'),
    node(5, '<parse>', 'file:///app/node_modules/fastify/lib/parse.js'),
    node(6, 'start', 'node:internal/main'),
  ],
  // The start lies before the window of the last 10 ms.
  samples: [6, 3, 4, 4, 5, 2],
  timeDeltas: [9000, 1000, 4000, 2000, 1000, 2000],
};

it('counts the time of the window by module, without idle time', () => {
  const root = framesOf(profile, 10);
  expect(root.total).toBe(8000);
  expect(byModule(root)).toEqual([
    { module: 'src/prediction/service.js', share: 0.75 },
    { module: '@nestjs/core', share: 0.125 },
    { module: 'fastify', share: 0.125 },
  ]);
});

it('draws a bar for each function in the place of its caller, with nothing from outside', () => {
  const page = flameGraph('a & b', framesOf(profile, 10));
  expect(page).toContain('<title>a &amp; b</title>');
  expect(page).toContain('title="handle · @nestjs/core · 100.0 %, itself 12.5 %"');
  expect(page).toContain('left:0.000%;width:75.000%;top:36px');
  expect(page).toContain('&lt;parse&gt;');
  expect(page).not.toMatch(/<script|https?:|start ·/);
});

it('names modules by package, by file below dist, or by what they are', () => {
  expect(moduleOf('file:///a/node_modules/x/node_modules/@s/y/z.js')).toBe('@s/y');
  expect(moduleOf('node:events')).toBe('node:events');
  expect(moduleOf('')).toBe('V8 and system calls');
});
