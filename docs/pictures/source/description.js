// Reads pictures.toml.

import { parse } from 'smol-toml';

const WALK = ['name', 'command', 'theme', 'size', 'screen'];
const SCREEN = ['name', 'pause', 'type', 'press', 'wait', 'picture'];

export function readDescription(source) {
  const { folder, size, sheet, theme, walk: walks } = parse(source);
  return { folder, size, sheet, themes: theme, walks: walks.map((walk) => readWalk(walk, theme)) };
}

function readWalk(walk, themes) {
  const { screen: screens, ...rest } = walk;
  const complain = (what) => {
    throw new Error(`pictures.toml: ${walk.name}: ${what}`);
  };
  const words = [...unknown(walk, WALK), ...screens.flatMap((screen) => unknown(screen, SCREEN))];
  if (words.length) complain(`unknown: ${words.join(', ')}`);
  if (!screens.every(({ wait }) => wait)) complain('a screen that is not waited for');
  // The shell would take the key, or nobody.
  if (screens[0].press || screens[0].type) complain('a key is pressed before the program is there');
  if (walk.theme && !themes[walk.theme]) complain(`no theme ${walk.theme}`);
  return { ...rest, screens };
}

function unknown(table, known) {
  return Object.keys(table).filter((word) => !known.includes(word));
}

/** Every picture that is kept, by name. */
export function pictureNames(description) {
  return description.walks.flatMap(({ screens }) => screens.flatMap(({ picture }) => picture ?? []));
}

/** The look of a walk: the tape's, unless it has colours of its own. */
export function lookIn(description, walk, look) {
  return walk.theme ? { ...look, theme: description.themes[walk.theme] } : look;
}
