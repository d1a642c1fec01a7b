// Takes pictures of every page for people to look at: `npm run shots`.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { closeBrowser } from './support/browser.js';
import { MODES } from './support/modes.js';
import { SETTINGS, pagesOf } from './support/pages.js';
import { SHOTS, newWorld } from './support/world.js';

const mode = MODES.findLast(({ skip }) => !skip);
if (!mode) throw new Error('no binary: run cargo build');

await mkdir(SHOTS, { recursive: true });
const world = await newWorld(mode, SETTINGS);
try {
  const person = await world.person();
  for (const [number, [name, , open]] of pagesOf(world).entries()) {
    await open(person);
    for (const width of [390, 1280]) {
      await person.page.setViewportSize({ width, height: width === 390 ? 844 : 900 });
      for (const colorScheme of ['light', 'dark']) {
        await person.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        const file = `${String(number + 1).padStart(2, '0')} ${name} ${width} ${colorScheme}.png`;
        await person.page.screenshot({ path: join(SHOTS, file.replaceAll(/,? /g, '-')), fullPage: true });
      }
    }
    await person.page.setViewportSize({ width: 1280, height: 900 });
  }
} finally {
  await world.end();
  await closeBrowser();
}
process.stdout.write(`Pictures of every page [${mode.name}] are in ${SHOTS}\n`);
