// Compares the German texts with what the templates say: `npm run texts` extracts, adds what is new (in English, marked with
// «new»), and drops what nobody says any more. With --check it only fails when there is something to do.
import { readFileSync, writeFileSync } from 'node:fs';

const path = 'src/locale/de.json';
const { translations: english } = JSON.parse(readFileSync('.texts/messages.json', 'utf8'));
const german = JSON.parse(readFileSync(path, 'utf8'));
const said = Object.entries(english).sort(([a], [b]) => a.localeCompare(b));
const translations = Object.fromEntries(said.map(([id, text]) => [id, german.translations[id] ?? `«new» ${text}`]));
const open = Object.values(translations).filter((text) => text.startsWith('«new»'));
const unused = Object.keys(german.translations).filter((id) => !(id in english));
if (!process.argv.includes('--check')) writeFileSync(path, `${JSON.stringify({ locale: 'de', translations }, null, 2)}\n`);
if (open.length > 0 || (process.argv.includes('--check') && unused.length > 0)) {
  console.error(`${path}: ${open.length} texts to translate, ${unused.length} unused`);
  process.exit(1);
}
