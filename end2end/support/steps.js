// What people do, by the names they see and hear.

import assert from 'node:assert/strict';
import { settled, visit } from './browser.js';

export const PASSWORD = 'correct horse battery';

export async function signUp(person, email, password = PASSWORD) {
  await visit(person, '/sign-up');
  await fillSignIn(person, email, password);
  await button(person, 'Create account').click();
  await arrive(person, 'Portfolio');
}

export async function signIn(person, email, password = PASSWORD) {
  await visit(person, '/sign-in');
  await fillSignIn(person, email, password);
  await button(person, 'Sign in').click();
}

export async function fillSignIn({ page }, email, password) {
  await page.getByLabel('Email', { exact: true }).fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
}

/** Waits for the page with that heading. */
export async function arrive(person, heading) {
  await person.page.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor();
  await settled(person);
}

export function button({ page }, name) {
  return page.getByRole('button', { name, exact: true });
}

export function field({ page }, name) {
  return page.getByLabel(name, { exact: true });
}

/** Fills in the connect form with a key of the sandbox. `more` is by the fields' names. */
export async function fillConnect(person, key, more = {}) {
  await field(person, 'Exchange').selectOption({ label: key.exchange });
  await field(person, 'API key').fill(key.apiKey);
  await field(person, 'Secret key').fill(key.secretKey);
  if (key.passphrase) await field(person, 'Passphrase').fill(key.passphrase);
  for (const [name, value] of Object.entries(more)) await field(person, name).fill(value);
}

export async function connect(person, key, more = {}) {
  await fillConnect(person, key, more);
  await button(person, 'Connect').click();
}

/** The one notice of success on the page, once it is there. */
export async function status(person) {
  return told(person.page.getByRole('main').getByRole('status'));
}

/** The notice of success that tells this, once it is there. */
export async function statusTelling({ page }, text) {
  return told(page.getByRole('main').getByRole('status').filter({ hasText: text }));
}

/** The one problem on the page, once it is there. */
export async function alert(person) {
  return told(person.page.getByRole('main').getByRole('alert'));
}

async function told(locator) {
  await locator.waitFor();
  return fold(await locator.innerText());
}

/** The connection with that label, as it stands in the list. */
export function card({ page }, label) {
  const heading = page.getByRole('heading', { level: 3, name: label, exact: true });
  return page.getByRole('region', { name: 'Connected accounts' })
    .getByRole('listitem')
    .filter({ has: heading });
}

/** What tells how far a sync of all connections has come. */
export function batch({ page }) {
  return page.getByRole('region', { name: 'Sync all', exact: true });
}

/** The labels of all connections listed. */
export async function connected({ page }) {
  const list = page.getByRole('region', { name: 'Connected accounts' });
  return list.getByRole('heading', { level: 3 }).allInnerTexts();
}

/** The table of holdings as `{asset: quantity}`. */
export async function holdings({ page }) {
  const table = page.getByRole('table', { name: 'Holdings', exact: true });
  await table.waitFor();
  const held = {};
  for (const row of (await table.getByRole('row').all()).slice(1)) {
    const asset = await row.getByRole('rowheader').innerText();
    held[fold(asset)] = fold(await row.getByRole('cell').first().innerText());
  }
  return held;
}

/** What assistive technology reads out with a field: its hint and its error. */
export async function description({ page }, name) {
  const ids = await page.getByLabel(name, { exact: true }).getAttribute('aria-describedby');
  const texts = [];
  for (const id of (ids ?? '').split(' ').filter(Boolean)) {
    const part = page.locator(`[id="${id}"]`);
    if (await part.isVisible()) texts.push(fold(await part.innerText()));
  }
  return texts.join(' ');
}

/** Does something and tells the answer of the form it sends. */
export async function answerOf(person, path, deed) {
  const answered = person.page.waitForResponse((response) => response.url().endsWith(path));
  await deed();
  return answered;
}

/** Whether script has kept the person on the page since `before` (a length of `moves`). */
export function assertPlace(person, before) {
  const gone = person.moves.slice(before);
  if (person.mode.hydrated) assert.deepEqual(gone, [], 'the page was left');
  else assert.notDeepEqual(gone, [], 'the form was not sent');
}

export function fold(text) {
  return text.replace(/\s+/g, ' ').trim();
}
