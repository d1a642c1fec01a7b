// A test with an app of its own: fresh database, fresh exchanges, people with fresh browsers.

import { after, test } from 'node:test';
import { join } from 'node:path';
import { mkdir } from 'node:fs/promises';
import { assertNoTroubles, closeBrowser } from './browser.js';
import { SHOTS, newWorld } from './world.js';

const TIME_LIMIT_MS = 300_000;

after(closeBrowser);

/** Runs `body` once in each mode; what went wrong in any page fails it. */
export function scenario(name, modes, body, settings = {}) {
  for (const mode of modes) {
    const title = `${name} [${mode.name}]`;
    test(title, { skip: mode.skip, timeout: TIME_LIMIT_MS }, async () => {
      const world = await newWorld(mode, settings);
      try {
        await body(world);
        world.people.forEach(assertNoTroubles);
      } catch (error) {
        await picture(world, title);
        throw error;
      } finally {
        await world.end();
      }
    });
  }
}

/** Shows what people saw when a test failed. */
async function picture(world, title) {
  const folder = join(SHOTS, 'failed');
  await mkdir(folder, { recursive: true });
  for (const [number, { page }] of world.people.entries()) {
    const name = `${title} ${number + 1}.png`.replaceAll(/[^\w.]+/g, '-');
    await page.screenshot({ path: join(folder, name), fullPage: true }).catch(() => {});
  }
}
