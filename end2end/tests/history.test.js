// The chart of what holdings were worth: read off by pointer, finger and keyboard, over any range.

import assert from 'node:assert/strict';
import { HYDRATED, MODES, PLAIN, SCRIPT_OFF } from '../support/modes.js';
import { aYear, hasBegun, withPast, writePast } from '../support/past.js';
import { scenario } from '../support/scenario.js';
import { settled, visit } from '../support/browser.js';
import { connect, fold, signUp, status } from '../support/steps.js';

const ALIVE = withPast([HYDRATED]);

/** Somebody with an account and a past. */
async function somebody(world, points, options) {
  const person = await world.person(options);
  await signUp(person, 'someone@example.org');
  await visit(person, '/connections');
  await connect(person, world.keys.Binance['Read only']);
  await status(person);
  // Its first point is made in the background; the past comes before it.
  while (!hasBegun(world.coffer)) await visit(person, '/');
  writePast(world.coffer, points);
  await visit(person, '/');
  return person;
}

const ranges = ({ page }) => page.getByRole('navigation', { name: 'Range' });
const range = (person, name) => ranges(person).getByRole('link', { name, exact: true });
const chosen = async (person) => fold(await ranges(person).locator('[aria-current]').innerText());
const reading = ({ page }) => page.locator('.chart-reading');
const chart = ({ page }) => page.getByRole('application', { name: /^Values point by point/ });
const said = async ({ page }) => fold(await page.locator('.history [aria-live]').textContent());

/** The table beside the chart, oldest first, as a point is read off. */
async function points({ page }) {
  const rows = await page.locator('.history-table tbody tr').evaluateAll((all) =>
    all.map((row) => {
      const [when, value, remark] = [...row.children].map((cell) => cell.textContent);
      return `${value} USD, ${when}, ${remark.trim() || 'complete'}`;
    }));
  return rows.reverse();
}

const shown = async (person) => (await reading(person).locator('> *').allInnerTexts()).join(', ');

/** Moves the pointer over the chart, to a share of its width. */
async function hover(person, share) {
  const box = await person.page.locator('.chart-reader').boundingBox();
  await person.page.mouse.move(box.x + box.width * share, box.y + box.height / 2);
  return box;
}

scenario('a range is chosen, kept in the address, and gone back from', withPast(MODES), async (world) => {
  const person = await somebody(world, aYear());
  const { page } = person;
  assert.equal(await chosen(person), '30 d');
  await page.evaluate(() => (globalThis.stayed = true)).catch(() => {});
  const described = async () => page.locator('#history-description').textContent();
  const month = await described();
  await range(person, '1 y').click();
  await page.waitForURL('**/?range=1y');
  await range(person, '1 y').and(page.locator('[aria-current]')).waitFor();
  const year = await described();
  assert.notEqual(year, month);
  await range(person, '24 h').click();
  await page.waitForURL('**/?range=24h');
  await range(person, '24 h').and(page.locator('[aria-current]')).waitFor();
  assert.ok((await points(person)).length > 20);
  await page.goBack();
  await page.waitForURL('**/?range=1y');
  await range(person, '1 y').and(page.locator('[aria-current]')).waitFor();
  assert.equal(await described(), year);
  await page.goBack();
  await range(person, '30 d').and(page.locator('[aria-current]')).waitFor();
  assert.equal(await described(), month);
  await page.goForward();
  await range(person, '1 y').and(page.locator('[aria-current]')).waitFor();
  assert.equal(await described(), year);
  if (person.mode.hydrated) {
    assert.ok(await page.evaluate(() => globalThis.stayed), 'the page was loaded anew');
  }
  // The address is the page's own.
  await page.reload();
  await settled(person);
  assert.equal(await chosen(person), '1 y');
  assert.equal(await described(), year);
});

scenario('without the bundle the chart is a picture and no stop', withPast([SCRIPT_OFF, PLAIN]), async (world) => {
  const person = await somebody(world, aYear());
  assert.equal(await person.page.getByRole('img', { name: 'Value in USD' }).count(), 1);
  assert.equal(await person.page.locator('.chart-reader[tabindex]').count(), 0);
  await hover(person, 0.5);
  assert.equal(await reading(person).isVisible(), false);
});

scenario('the pointer reads off the nearest point in the words of the table', ALIVE, async (world) => {
  const person = await somebody(world, aYear());
  const told = await points(person);
  const { page } = person;
  await hover(person, 0.9999);
  assert.equal(await shown(person), told.at(-1));
  await hover(person, 0.001);
  assert.equal(await shown(person), told[0]);
  const seen = new Set();
  for (let share = 0.01; share < 1; share += 0.01) {
    const plane = await hover(person, share);
    seen.add(await shown(person));
    const box = await reading(person).boundingBox();
    const inside = box.x >= plane.x - 1 && box.x + box.width <= plane.x + plane.width + 1;
    assert.ok(inside, `${share}: ${JSON.stringify([box, plane])}`);
  }
  assert.ok(seen.size > 25, `${seen.size} points were met`);
  assert.ok([...seen].every((one) => told.includes(one)));
  await page.mouse.move(5, 5);
  assert.equal(await reading(person).isVisible(), false);
  assert.equal(await said(person), '', 'the pointer reads nothing out');
});

scenario('arrow keys, Home and End go from point to point and read them out', ALIVE, async (world) => {
  const person = await somebody(world, aYear());
  const { keyboard } = person.page;
  const told = await points(person);
  await range(person, 'All').focus();
  await keyboard.press('Tab');
  assert.ok(await chart(person).evaluate((one) => one === document.activeElement), 'the next stop');
  for (const [key, point] of [
    [undefined, told.at(-1)],
    ['ArrowLeft', told.at(-2)],
    ['ArrowLeft', told.at(-3)],
    ['ArrowRight', told.at(-2)],
    ['Home', told[0]],
    ['ArrowLeft', told[0]],
    ['ArrowRight', told[1]],
    ['End', told.at(-1)],
    ['ArrowRight', told.at(-1)],
  ]) {
    if (key) await keyboard.press(key);
    assert.equal(await said(person), point, key);
    assert.equal(await shown(person), point, key);
  }
  await keyboard.press('Escape');
  assert.equal(await reading(person).isVisible(), false);
  await keyboard.press('ArrowLeft');
  await keyboard.press('Tab');
  assert.equal(await reading(person).isVisible(), false, 'it goes with the keyboard');
});

scenario('a finger reads off points to both edges of a phone', ALIVE, async (world) => {
  const phone = { hasTouch: true, isMobile: true, viewport: { width: 390, height: 844 } };
  const person = await somebody(world, aYear(), phone);
  const told = await points(person);
  const plane = await person.page.locator('.chart-reader').boundingBox();
  for (const [share, point] of [[0.002, told[0]], [0.998, told.at(-1)], [0.5, undefined]]) {
    await person.page.locator('.chart-reader').tap({
      position: { x: plane.width * share, y: plane.height / 2 },
    });
    if (point) assert.equal(await shown(person), point);
    assert.ok(await reading(person).isVisible(), 'it stays when the finger is lifted');
    const box = await reading(person).boundingBox();
    assert.ok(box.x >= 0 && box.x + box.width <= 390, JSON.stringify(box));
  }
  const [needed, there] = await person.page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return [scrollWidth, clientWidth];
  });
  assert.ok(needed <= there, `${needed} px wide in ${there}`);
});

scenario('after another range points are read off the new chart, and the keyboard stays', ALIVE, async (world) => {
  const person = await somebody(world, aYear());
  const { page } = person;
  await range(person, '24 h').focus();
  await page.keyboard.press('Enter');
  await range(person, '24 h').and(page.locator('[aria-current]')).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.textContent), '24 h');
  assert.match(await said(person), / USD .* in 24 hours: /);
  const told = await points(person);
  await hover(person, 0.001);
  assert.equal(await shown(person), told[0]);
  await chart(person).focus();
  await page.keyboard.press('End');
  assert.equal(await said(person), told.at(-1));
});

scenario('a range that cannot be had leaves the old chart and says so', ALIVE, async (world) => {
  const person = await somebody(world, aYear());
  const { page } = person;
  const before = await points(person);
  await page.route('**/do/draw-history', (route) => route.fulfill({
    status: 503,
    headers: { serverfnerror: '1' },
    contentType: 'application/json',
    body: '"unavailable"',
  }));
  await range(person, '7 d').click();
  const alert = page.getByRole('main').getByRole('alert');
  await alert.waitFor();
  assert.deepEqual(await points(person), before);
  assert.equal(await chosen(person), '30 d');
  assert.equal(new URL(page.url()).search, '');
  const link = page.getByRole('link', { name: 'Load the page with this range' });
  assert.equal(await link.getAttribute('href'), '/?range=7d');
  await page.unroute('**/do/draw-history');
  await range(person, '7 d').click();
  await range(person, '7 d').and(page.locator('[aria-current]')).waitFor();
  assert.equal(await alert.count(), 0);
});

scenario('whoever is not signed in any more is told so beside the chart', ALIVE, async (world) => {
  const person = await somebody(world, aYear());
  await person.context.clearCookies();
  await range(person, '7 d').click();
  const alert = person.page.getByRole('main').getByRole('alert');
  assert.match(await alert.innerText(), /sign in/i);
});

scenario('of ranges asked for in a hurry the last one stays', ALIVE, async (world) => {
  const person = await somebody(world, aYear());
  const { page } = person;
  let release;
  const released = new Promise((done) => (release = done));
  await page.route('**/do/draw-history', async (route) => {
    if (route.request().postData().includes('1y')) await released;
    await route.continue();
  });
  await range(person, '1 y').click();
  assert.equal(await page.locator('.history-body').getAttribute('aria-busy'), 'true');
  await range(person, '24 h').click();
  await range(person, '24 h').and(page.locator('[aria-current]')).waitFor();
  const late = page.waitForResponse('**/do/draw-history');
  release();
  await late;
  await page.waitForTimeout(200);
  assert.equal(await chosen(person), '24 h');
  assert.equal(new URL(page.url()).search, '?range=24h');
  assert.equal(await page.locator('.history-body').getAttribute('aria-busy'), null);
});

scenario('the table below keeps the range, and the range the table', withPast(MODES), async (world) => {
  const person = await somebody(world, aYear());
  const { page } = person;
  await visit(person, '/?by=wallet');
  await range(person, '7 d').click();
  await page.waitForURL('**/?by=wallet&range=7d');
  await range(person, '7 d').and(page.locator('[aria-current]')).waitFor();
  await page.getByRole('columnheader').getByRole('link', { name: 'Value' }).first().click();
  await page.waitForURL(/sort=/);
  await settled(person);
  assert.equal(await chosen(person), '7 d');
  await page.getByLabel('Search holdings').fill('btc');
  await page.getByRole('button', { name: 'Search', exact: true }).click();
  await page.waitForURL(/q=btc/);
  await settled(person);
  assert.equal(await chosen(person), '7 d');
  assert.match(page.url(), /by=wallet/);
});

scenario('two points can be read off as well as many', ALIVE, async (world) => {
  // The exchange tells days before the first point, but none of so long ago.
  const person = await somebody(world, [{ ago: 43_000, value: '100' }]);
  const told = await points(person);
  assert.equal(told.length, 2);
  for (const [share, point] of [[0.3, told[0]], [0.7, told[1]]]) {
    await hover(person, share);
    assert.equal(await shown(person), point);
  }
});
