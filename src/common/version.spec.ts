// VERSION is what package.json says.
import { readFileSync } from 'node:fs';
import { VERSION } from './version.ts';

it('equals the version in package.json', () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  expect(VERSION).toBe(version);
});
