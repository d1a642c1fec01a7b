// Every page in every state, examined for people who hear it, zoom it, or use it on a phone.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { readFile } from 'node:fs/promises';
import { WITH_SCRIPT } from '../support/modes.js';
import { SETTINGS, pagesOf } from '../support/pages.js';
import { scenario } from '../support/scenario.js';

const AXE = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const SIZES = [{ width: 1280, height: 900 }, { width: 390, height: 844 }];
const NARROW = [390, 320];

scenario('every page meets WCAG 2 A and AA in light and dark, wide and narrow', WITH_SCRIPT, async (world) => {
  const found = [];
  await onEveryPage(world, async (page, name) => {
    await page.evaluate(AXE);
    for (const viewport of SIZES) {
      await page.setViewportSize(viewport);
      for (const colorScheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await page.evaluate(settleColours);
        const where = `${name}, ${viewport.width} px, ${colorScheme}`;
        found.push(...(await examine(page)).map((finding) => `${where}: ${finding}`));
      }
    }
    await page.setViewportSize(SIZES[0]);
  });
  assert.deepEqual(found, []);
}, SETTINGS);

scenario('every page has its title, one first heading, and landmarks', WITH_SCRIPT, async (world) => {
  await onEveryPage(world, async (page, name, title) => {
    assert.equal(await page.title(), title, name);
    assert.equal(await page.getByRole('heading', { level: 1 }).count(), 1, `${name}: headings`);
    for (const landmark of ['banner', 'main', 'contentinfo']) {
      assert.equal(await page.getByRole(landmark).count(), 1, `${name}: ${landmark}`);
    }
    assert.equal(await page.locator('html').getAttribute('lang'), 'en');
    const ids = await page.locator('[id]').evaluateAll((all) => all.map((one) => one.id));
    assert.deepEqual(ids.filter((id, at) => ids.indexOf(id) !== at), [], `${name}: ids used twice`);
  });
}, SETTINGS);

scenario('no page scrolls sideways on a phone', WITH_SCRIPT, async (world) => {
  const wide = [];
  await onEveryPage(world, async (page, name) => {
    for (const width of NARROW) {
      await page.setViewportSize({ width, height: 844 });
      const [needed, there] = await page.evaluate(() => {
        const { scrollWidth, clientWidth } = document.documentElement;
        return [scrollWidth, clientWidth];
      });
      if (needed > there) wide.push(`${name}: ${needed} px wide in ${there}`);
    }
    await page.setViewportSize(SIZES[0]);
  });
  assert.deepEqual(wide, []);
}, SETTINGS);

async function onEveryPage(world, look) {
  const person = await world.person();
  for (const [name, title, open] of pagesOf(world)) {
    await open(person);
    await look(person.page, name, title);
  }
}

/** Runs in the page: ends the fading from one colour to the other, also where it is handed down. */
async function settleColours() {
  const frame = () => new Promise(requestAnimationFrame);
  const isFading = (one) => one.effect.getComputedTiming().endTime !== Infinity;
  await frame();
  await frame();
  for (let fading; (fading = document.getAnimations().filter(isFading)).length > 0; ) {
    fading.forEach((one) => one.finish());
    await frame();
    await frame();
  }
}

async function examine(page) {
  const { violations } = await page.evaluate(
    (values) => globalThis.axe.run(document, { runOnly: { type: 'tag', values } }),
    RULES,
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 120)} ${failureSummary}`));
}
