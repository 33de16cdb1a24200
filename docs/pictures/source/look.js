// How a terminal looks. The tape says it, so that the recording and the pictures look alike.

/** Stands in where the tape's font has no sign, such as a spinner's. */
const OTHER_FONT = 'DejaVu Sans Mono';

export function lookOf(settings) {
  return {
    fonts: [settings.FontFamily, OTHER_FONT, 'monospace'],
    fontSize: settings.FontSize,
    letterSpacing: settings.LetterSpacing,
    padding: settings.Padding,
    radius: settings.BorderRadius,
    theme: settings.Theme,
  };
}

/** The same look with another size of the letters. */
export function scaled(look, fontSize) {
  const factor = fontSize / look.fontSize;
  return { ...look, fontSize, padding: Math.round(look.padding * factor), radius: Math.round(look.radius * factor) };
}
