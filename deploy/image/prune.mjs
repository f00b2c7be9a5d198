// Takes out of node_modules what no Linux server of this architecture runs: other platforms' binaries, sources of what is built, types, maps.
// node deploy/image/prune.mjs <node_modules>
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const root = process.argv[2];
if (root === undefined || !existsSync(join(root, 'onnxruntime-node')))
  throw new Error('expected the node_modules folder of the application');
const remove = (path) => rmSync(path, { recursive: true, force: true });

/** Removes everything in a folder but `kept`, each a path below it; it throws where one of them is missing. */
function keepOnly(folder, kept) {
  for (const path of kept)
    if (!existsSync(join(folder, path))) throw new Error(`${join(folder, path)} is missing`);
  for (const { name } of readdirSync(folder, { withFileTypes: true })) {
    if (kept.includes(name)) continue;
    const below = kept.filter((path) => path.startsWith(`${name}/`));
    if (below.length === 0) remove(join(folder, name));
    else
      keepOnly(
        join(folder, name),
        below.map((path) => path.slice(name.length + 1)),
      );
  }
}

const { platform, arch } = process;
keepOnly(join(root, 'onnxruntime-node/bin'), [`napi-v6/${platform}/${arch}`]);
keepOnly(join(root, 'bcrypt/prebuilds'), [`${platform}-${arch}`]);
keepOnly(join(root, 'better-sqlite3'), [
  'package.json',
  'LICENSE',
  'lib',
  'build/Release/better_sqlite3.node',
]);
// What better-sqlite3 is installed with, the copy of TypeORM for browsers, the compiler that a plug-in of @nestjs/swagger would use in a build,
// and npm's list of where each package came from.
const UNUSED = ['prebuild-install', 'typeorm/browser', 'typescript', '@types'];
for (const path of [...UNUSED, '.bin', '.cache', '.package-lock.json']) remove(join(root, path));
for (const path of readdirSync(root, { recursive: true }))
  if (/\.(map|d\.[cm]?ts)$/.test(path)) remove(join(root, path));
