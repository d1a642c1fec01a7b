// Accounts: signing up, in and out, passwords, and two people who know nothing of each other.

import assert from 'node:assert/strict';
import { MODES } from '../support/modes.js';
import { scenario } from '../support/scenario.js';
import { settled, visit } from '../support/browser.js';
import {
  PASSWORD, alert, answerOf, arrive, button, connect, connected, description, field, fillSignIn,
  signIn, signUp, status,
} from '../support/steps.js';

const OPEN = { SIGN_UP: 'open' };

scenario('the first person signs up, and then the door is shut', MODES, async (world) => {
  const first = await world.person();
  await signUp(first, 'first@example.org');
  assert.equal(new URL(first.page.url()).pathname, '/');
  await first.page.getByText('first@example.org').waitFor();

  const second = await world.person();
  await visit(second, '/sign-up');
  await second.page.getByText('This server takes no new accounts.').waitFor();
  assert.equal(await button(second, 'Create account').count(), 0);
});

scenario('a weak password is told beside its field', MODES, async (world) => {
  const person = await world.person();
  await visit(person, '/sign-up');
  await fillSignIn(person, 'someone@example.org', 'password');
  const answer = await answerOf(person, '/do/sign-up', () => button(person, 'Create account').click());
  assert.equal(answer.status(), 422);
  await settled(person);
  assert.equal(await field(person, 'Password').getAttribute('aria-invalid'), 'true');
  assert.match(await description(person, 'Password'), /\w+.*\. At least 8 characters\./);
  assert.equal(await field(person, 'Email').inputValue(), 'someone@example.org');
  assert.equal(await field(person, 'Password').inputValue(), '');
});

scenario('a wrong password and an unknown email are answered alike', MODES, async (world) => {
  const person = await world.person();
  await signUp(person, 'someone@example.org');
  const stranger = await world.person();
  const told = [];
  for (const email of ['someone@example.org', 'nobody@example.org']) {
    await signIn(stranger, email, 'not the password');
    told.push(await alert(stranger));
  }
  assert.equal(told[0], told[1]);
});

scenario('signed out, every page of a person leads to sign-in', MODES, async (world) => {
  const person = await world.person();
  for (const path of ['/', '/connections', '/connections/1', '/connections/1/delete', '/settings']) {
    await visit(person, path);
    await arrive(person, 'Sign in');
    assert.equal(new URL(person.page.url()).pathname, '/sign-in', path);
  }
});

scenario('after signing out nothing comes back', MODES, async (world) => {
  const person = await world.person();
  await signUp(person, 'someone@example.org');
  await visit(person, '/settings');
  await button(person, 'Sign out').click();
  await arrive(person, 'Sign in');
  await person.page.goBack();
  await arrive(person, 'Sign in');
  await signIn(person, 'someone@example.org');
  await arrive(person, 'Portfolio');
});

scenario('a changed password ends other sessions and replaces the old one', MODES, async (world) => {
  const [here, elsewhere] = [await world.person(), await world.person()];
  await signUp(here, 'someone@example.org');
  await signIn(elsewhere, 'someone@example.org');
  await arrive(elsewhere, 'Portfolio');

  await visit(here, '/settings');
  await changePassword(here, 'not the password', 'amber lantern on the hill');
  assert.equal(await field(here, 'Current password').getAttribute('aria-invalid'), 'true');
  assert.notEqual(await description(here, 'Current password'), '');

  await changePassword(here, PASSWORD, 'amber lantern on the hill');
  assert.match(await status(here), /^Your password is changed\./);

  await visit(elsewhere, '/');
  await arrive(elsewhere, 'Sign in');
  await signIn(elsewhere, 'someone@example.org', PASSWORD);
  await alert(elsewhere);
  await signIn(elsewhere, 'someone@example.org', 'amber lantern on the hill');
  await arrive(elsewhere, 'Portfolio');
});

scenario('two people cannot see each other', MODES, async (world) => {
  const [ada, bob] = [await world.person(), await world.person()];
  await signUp(ada, 'ada@example.org');
  await signUp(bob, 'bob@example.org');
  await visit(ada, '/connections');
  await connect(ada, world.keys.Binance['Read only'], { Label: 'Ada’s own' });
  await status(ada);
  await ada.page.getByRole('link', { name: 'Ada’s own', exact: true }).click();
  await arrive(ada, 'Ada’s own');
  const address = new URL(ada.page.url()).pathname;

  await visit(bob, '/connections');
  assert.deepEqual(await connected(bob), []);
  for (const path of [address, `${address}/delete`]) {
    const answer = await visit(bob, path);
    assert.equal(answer.status(), 404);
    await arrive(bob, 'Nothing is here');
  }
  await visit(bob, '/');
  assert.equal(await bob.page.getByRole('table').count(), 0);
  bob.troubles.splice(0, Infinity, ...bob.troubles.filter((told) => !told.includes('404')));
}, OPEN);

async function changePassword(person, current, next) {
  await field(person, 'Current password').fill(current);
  await field(person, 'New password').fill(next);
  await answerOf(person, '/do/change-password', () => button(person, 'Change password').click());
  await settled(person);
}
