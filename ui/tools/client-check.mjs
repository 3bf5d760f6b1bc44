// Fails when the committed client is not what docs/openapi.json makes.
import { execSync } from 'node:child_process';
import { copyFileSync, readFileSync, rmSync } from 'node:fs';

const path = 'src/app/shared/api/schema.ts';
const before = readFileSync(path, 'utf8');
copyFileSync(path, `${path}.before`);
execSync('npm run --silent client', { stdio: ['ignore', 'ignore', 'inherit'] });
const after = readFileSync(path, 'utf8');
copyFileSync(`${path}.before`, path);
rmSync(`${path}.before`);
if (before !== after) {
  console.error(`${path} is stale: run \`make generate\` and commit it`);
  process.exit(1);
}
