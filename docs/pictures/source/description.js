// Reads pictures.toml.

import { parse } from 'smol-toml';

export function readDescription(source) {
  const { folder, size, sheet, theme, walk: walks } = parse(source);
  return { folder, size, sheet, themes: theme, walks: walks.map(({ screen, ...rest }) => ({ ...rest, screens: screen })) };
}

/** Every picture that is kept, by name. */
export function pictureNames(description) {
  return description.walks.flatMap(({ screens }) => screens.flatMap(({ picture }) => picture ?? []));
}

/** The look of a walk: the tape's, unless it has colours of its own. */
export function lookIn(description, walk, look) {
  return walk.theme ? { ...look, theme: description.themes[walk.theme] } : look;
}
