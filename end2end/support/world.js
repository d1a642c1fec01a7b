// An app of one's own, the exchanges it asks, and the people who use it.

import { join } from 'node:path';
import { newPerson } from './browser.js';
import { startDoor } from './door.js';
import { startCoffer, startSandbox } from './programs.js';

/** Where pictures go. */
export const SHOTS = process.env.SHOTS_DIR ?? join(import.meta.dirname, '../shots');

/** `door` puts one between the app and the exchanges; the other settings are the app's. */
export async function newWorld(mode, { door: wanted, ...settings } = {}) {
  const sandbox = await startSandbox(mode.binary);
  const door = wanted && (await startDoor(sandbox.url));
  const coffer = await startCoffer(mode.binary, door ?? sandbox, settings);
  const people = [];
  return {
    mode,
    sandbox,
    door,
    coffer,
    people,
    keys: sandbox.keys,
    async person(options) {
      const person = await newPerson(coffer, mode, options);
      people.push(person);
      return person;
    },
    async end() {
      for (const person of people) await person.context.close();
      await coffer.stop();
      await door?.stop();
      await sandbox.stop();
    },
  };
}
