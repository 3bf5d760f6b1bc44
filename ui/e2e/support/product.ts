import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** How long the product may take to open, in milliseconds. */
const PATIENCE = 90_000;

/** Starts the product on a free port with a database of its own; what it answers stops it again. */
export default async function start(): Promise<() => Promise<void>> {
  if (process.env['USHER_URL']) return () => Promise.resolve();
  const folder = mkdtempSync(join(tmpdir(), 'usher-browser-'));
  const binary = process.env['USHER_BINARY'] ?? '../target/debug/usher';
  const options = ['up', '--port', '0', '--rate-limit', 'off', '--data-dir', folder];
  const child = spawn(binary, options, { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, USHER_LOG: 'error' } });
  process.env['USHER_URL'] = await opened(child);
  return async () => {
    child.kill('SIGINT');
    await new Promise((resolve) => child.once('exit', resolve));
    rmSync(folder, { recursive: true, force: true });
  };
}

function opened(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const timer = setTimeout(() => {
      reject(new Error(`the product did not open in time: ${said}`));
    }, PATIENCE);
    child.stdout?.on('data', (data: Buffer) => {
      said += data.toString();
      const url = /Usher is open at (\S+)/.exec(said)?.[1];
      if (url) {
        clearTimeout(timer);
        resolve(url);
      }
    });
    child.once('exit', (code) => {
      reject(new Error(`the product ended with ${String(code)}: ${said}`));
    });
  });
}
