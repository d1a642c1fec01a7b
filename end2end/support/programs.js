// Starts the programs under test on free loopback ports, each with a folder of its own.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const START_MS = 30_000;

/** Runs `coffer` with arguments until it prints an address. */
async function run(binary, args, settings = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'coffer-end2end-'));
  // Only what is given here counts: no setting of whoever runs the tests slips in.
  const env = { PATH: process.env.PATH, TMPDIR: tmpdir(), RUST_LOG: 'warn', ...settings(folder) };
  const child = spawn(resolve(binary), args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const program = { printed: '', log: '', folder };
  child.stderr.on('data', (data) => (program.log += data));
  const ended = new Promise((done) => child.once('exit', done));
  program.stop = async () => {
    child.kill('SIGTERM');
    const stubborn = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(stubborn);
    await rm(folder, { recursive: true, force: true });
  };
  program.url = await new Promise((found, failed) => {
    const fail = (why) => failed(new Error(`coffer ${args.join(' ')} ${why}\n${program.log}`));
    const late = setTimeout(() => fail('printed no address in time'), START_MS);
    child.once('error', (error) => fail(error.message));
    child.once('exit', (code) => fail(`ended with ${code}`));
    child.stdout.on('data', (data) => {
      program.printed += data;
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(program.printed)?.[0];
      if (url && program.printed.endsWith('\n')) {
        clearTimeout(late);
        found(url);
      }
    });
  });
  return program;
}

/** The exchanges that run on loopback, with their ready-made keys by exchange and title. */
export async function startSandbox(binary) {
  const sandbox = await run(binary, ['sandbox', '--port', '0'], () => ({}));
  sandbox.keys = readKeys(sandbox.printed);
  return sandbox;
}

/** The app with an empty database, turned to a sandbox. */
export function startCoffer(binary, sandbox, settings = {}) {
  return run(binary, ['serve'], (folder) => ({
    DATA_DIR: join(folder, 'data'),
    LISTEN_ADDR: '127.0.0.1:0',
    BINANCE_API_URL: sandbox.url,
    OKX_API_URL: sandbox.url,
    SYNC_INTERVAL: 'off',
    ...settings,
  }));
}

/** The demo, with what it prints for signing in. */
export async function startDemo(binary) {
  const demo = await run(binary, ['demo'], () => ({ LISTEN_ADDR: '127.0.0.1:0' }));
  const told = (name) => new RegExp(`^${name} +(.+)$`, 'm').exec(demo.printed)?.[1];
  return Object.assign(demo, {
    email: told('Email'),
    password: told('Password'),
    keys: readKeys(demo.printed),
  });
}

/** Reads `Exchange: Title (note)` blocks: `keys.Binance['Read only'].apiKey`. */
function readKeys(printed) {
  const keys = {};
  const block =
    /^(\w+): ([^(\n]+) \(.*\)\n +API key +(\S+)\n +Secret key +(\S+)\n(?: +Passphrase +(\S+)\n)?/gm;
  for (const [, exchange, title, apiKey, secretKey, passphrase] of printed.matchAll(block)) {
    keys[exchange] ??= {};
    keys[exchange][title] = { exchange, apiKey, secretKey, passphrase };
  }
  return keys;
}

/** Where `cargo build` leaves the program. */
export function usualBinary() {
  const target = process.env.CARGO_TARGET_DIR ?? join(import.meta.dirname, '../../target');
  const binary = join(target, 'debug/coffer');
  return existsSync(binary) ? binary : undefined;
}
