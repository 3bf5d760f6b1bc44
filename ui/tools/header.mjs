// Says of a generated file that it is one.
import { readFileSync, writeFileSync } from 'node:fs';

const path = process.argv[2];
const text = readFileSync(path, 'utf8').replace(/^\/\*\*[\s\S]*?\*\/\n/, '');
writeFileSync(path, `// Made of docs/openapi.json by \`npm run client\`. Do not edit it.\n${text}`);
