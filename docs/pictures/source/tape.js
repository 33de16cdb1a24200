// Reads a tape of VHS, as far as demo.tape uses it. What is not known is an error, never passed over.

/** How a setting's value is read. */
const SETTINGS = {
  Shell: text,
  FontFamily: text,
  FontSize: number,
  LetterSpacing: number,
  Width: number,
  Height: number,
  Padding: number,
  BorderRadius: number,
  CursorBlink: yesOrNo,
  Framerate: number,
  Theme: JSON.parse,
  TypingSpeed: milliseconds,
  WaitTimeout: milliseconds,
};

/** How what follows a command is read. */
const COMMANDS = {
  Output: (rest) => ({ path: rest }),
  Set: setting,
  Type: (rest) => ({ letters: text(rest) }),
  Enter: (rest) => {
    if (rest) throw new Error('Enter stands alone');
    return {};
  },
  'Wait+Screen': (rest) => ({ pattern: new RegExp(between('/', rest), 'u') }),
  Sleep: (rest) => ({ milliseconds: milliseconds(rest) }),
};

/** The commands of a tape, and its settings by name. */
export function readTape(source, name) {
  const commands = [];
  const settings = {};
  source.split('\n').forEach((line, index) => {
    line = line.trim();
    if (!line || line.startsWith('#')) return;
    const [, word, rest] = line.match(/^(\S+)\s*(.*)$/);
    try {
      if (!Object.hasOwn(COMMANDS, word)) throw new Error('an unknown command');
      const command = { word, ...COMMANDS[word](rest) };
      if (word === 'Set') settings[command.setting] = command.value;
      else commands.push(command);
    } catch (error) {
      throw new Error(`${name}:${index + 1}: ${line}: ${error.message}`);
    }
  });
  for (const setting of Object.keys(SETTINGS)) {
    if (!Object.hasOwn(settings, setting)) throw new Error(`${name}: Set ${setting} is missing`);
  }
  return { commands, settings };
}

function setting(rest) {
  const [, name, value] = rest.match(/^(\S+)\s+(.+)$/) ?? [];
  if (!Object.hasOwn(SETTINGS, name ?? '')) throw new Error('an unknown setting');
  return { setting: name, value: SETTINGS[name](value) };
}

function between(mark, words) {
  if (words.length < 2 || !words.startsWith(mark) || !words.endsWith(mark)) {
    throw new Error(`not between ${mark} and ${mark}`);
  }
  return words.slice(1, -1);
}

function text(words) {
  return between('"', words);
}

function number(words) {
  if (!/^\d+(\.\d+)?$/.test(words)) throw new Error('not a number');
  return Number(words);
}

function yesOrNo(words) {
  if (!/^(true|false)$/.test(words)) throw new Error('neither true nor false');
  return words === 'true';
}

function milliseconds(words) {
  const [, count, unit] = words.match(/^(\d+(?:\.\d+)?)(ms|s)$/) ?? [];
  if (!unit) throw new Error('not a time such as 1.5s or 60ms');
  return Number(count) * (unit === 's' ? 1000 : 1);
}
