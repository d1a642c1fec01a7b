// Everything can be done by keyboard alone, and one always sees where one is.

import assert from 'node:assert/strict';
import { HYDRATED, MODES, WITH_SCRIPT } from '../support/modes.js';
import { scenario } from '../support/scenario.js';
import { visit } from '../support/browser.js';
import { arrive, signUp, status, statusTelling } from '../support/steps.js';

const PATIENCE = 40;

scenario('an account is made and an exchange connected by keyboard alone', MODES, async (world) => {
  const person = await world.person();
  const { keyboard } = person.page;
  await visit(person, '/sign-up');
  await tabTo(person, 'Email');
  await keyboard.type('someone@example.org');
  await tabTo(person, 'Password');
  await keyboard.type('correct horse battery');
  await keyboard.press('Enter');
  await arrive(person, 'Portfolio');

  await tabTo(person, 'Connect an exchange');
  await keyboard.press('Enter');
  await arrive(person, 'Connections');
  const key = world.keys.OKX['Read only'];
  await tabTo(person, 'Exchange');
  await keyboard.type('OKX');
  const order = [];
  for (const [name, text] of [
    ['Environment'], ['Region'], ['Portfolio'], ['Label', 'By hand'], ['API key', key.apiKey],
    ['Secret key', key.secretKey], ['Passphrase', key.passphrase], ['Ignore balances below'],
    ['Accept a key whose rights the exchange does not tell'], ['Connect'],
  ]) {
    await keyboard.press('Tab');
    order.push([name, await focused(person)]);
    if (text) await keyboard.type(text);
  }
  assert.deepEqual(order.map(([, found]) => found), order.map(([name]) => name));
  await keyboard.press('Enter');
  assert.match(await status(person), /^Synced 9 assets from By hand/);

  await tabTo(person, 'Sync now');
  await keyboard.press('Enter');
  await person.page.getByText(/0 added, 0 updated, 0 removed/).first().waitFor();
});

scenario('the first Tab offers to skip to the content', MODES, async (world) => {
  const person = await world.person();
  await signUp(person, 'someone@example.org');
  await visit(person, '/connections');
  const link = person.page.getByRole('link', { name: 'Skip to content' });
  await person.page.keyboard.press('Tab');
  assert.equal(await focused(person), 'Skip to content');
  const box = await link.boundingBox();
  assert.ok(box.x >= 0 && box.y >= 0 && box.width > 24 && box.height > 16, JSON.stringify(box));
  await person.page.keyboard.press('Enter');
  await person.page.keyboard.press('Tab');
  const inside = await person.page.evaluate(
    () => document.querySelector('main').contains(document.activeElement),
  );
  assert.ok(inside, 'the next stop is in the content');
});

scenario('every stop of the keyboard can be seen', WITH_SCRIPT, async (world) => {
  const person = await world.person();
  await signUp(person, 'someone@example.org');
  for (const colorScheme of ['light', 'dark']) {
    await person.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    for (const path of ['/', '/connections', '/settings']) {
      await visit(person, path);
      await assertStopsAreSeen(person, `${path}, ${colorScheme}`);
    }
  }
});

scenario('after a deed the keyboard stays where it was', [HYDRATED], async (world) => {
  const person = await world.person();
  await signUp(person, 'someone@example.org');
  await visit(person, '/connections');
  const key = world.keys.Binance['Read only'];
  await tabTo(person, 'API key');
  await person.page.keyboard.type(key.apiKey);
  await tabTo(person, 'Secret key');
  await person.page.keyboard.type(key.secretKey);
  const places = [];
  for (const [name, outcome] of [
    ['Connect', '13 added'],
    ['Sync now', '13 unchanged'],
    ['Sync all', '13 unchanged'],
  ]) {
    await tabTo(person, name);
    await person.page.keyboard.press('Enter');
    await statusTelling(person, outcome);
    // The list is drawn anew after the notice.
    await person.page.waitForLoadState('networkidle');
    places.push((await focused(person)).slice(0, 40));
  }
  assert.deepEqual(places, ['Connect', 'Sync now', 'Sync all']);
});

/** Presses Tab until the stop with that name. */
async function tabTo(person, name) {
  const met = [];
  for (let press = 0; press < PATIENCE; press += 1) {
    await person.page.keyboard.press('Tab');
    met.push(await focused(person));
    if (met.at(-1) === name) return;
  }
  assert.fail(`${name} is not among ${met.join(', ')}`);
}

/** The name of what the keyboard is at. */
async function focused({ page }) {
  return page.evaluate(() => {
    const here = document.activeElement;
    const name = here.getAttribute('aria-label') ?? here.labels?.[0]?.innerText ?? here.innerText;
    return name.replace(/\s+/g, ' ').trim();
  });
}

/** Compares the style of each stop with and without the focus: they must differ. */
async function assertStopsAreSeen(person, where) {
  const { page } = person;
  const unseen = [];
  const count = await page.evaluate(() => {
    const stops = 'a[href], button, input:not([type=hidden]), select, summary, [tabindex="0"]';
    const shown = [...document.querySelectorAll(stops)].filter((one) => one.checkVisibility());
    shown.forEach((one, number) => (one.dataset.stop = number));
    return shown.length;
  });
  assert.ok(count > 5, where);
  for (let press = 0; press < count; press += 1) {
    await page.keyboard.press('Tab');
    const look = await page.evaluate(() => {
      const here = document.activeElement;
      const read = () => {
        const { outlineStyle, outlineWidth, outlineColor, boxShadow, borderColor, backgroundColor } =
          getComputedStyle(here);
        const outline = outlineStyle === 'none' || parseFloat(outlineWidth) === 0 ? '' : outlineColor;
        return [outline, boxShadow, borderColor, backgroundColor].join();
      };
      const [name, focused] = [here.outerHTML.slice(0, 80), read()];
      here.blur();
      const blurred = read();
      here.focus({ focusVisible: true });
      return { name, differs: focused !== blurred };
    });
    if (!look.differs) unseen.push(`${where}: ${look.name}`);
  }
  assert.deepEqual(unseen, []);
}
