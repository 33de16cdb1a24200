// Plays a tape on a terminal, and makes a GIF of what was to be seen.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { lookOf } from './look.js';
import { run } from './run.js';
import { Terminal } from './terminal.js';

/** Records the tape into the file it names, which is given back. */
export async function record({ tape, program, camera, repository }) {
  const { settings, commands } = tape;
  const look = lookOf(settings);
  const { columns, rows } = await camera.place(look, { width: settings.Width, height: settings.Height });
  const played = await play({ settings, commands, program, columns, rows, look });
  const frames = await film(camera, played, 1000 / settings.Framerate);
  const { path: output } = commands.find(({ word }) => word === 'Output');
  const file = path.join(repository, output);
  await mkdir(path.dirname(file), { recursive: true });
  await assemble(frames, file);
  return file;
}

/** What was written, and when, counted from the first command. */
async function play({ settings, commands, program, columns, rows, look }) {
  if (settings.Shell !== 'bash') throw new Error(`Set Shell "${settings.Shell}": only bash is known here`);
  const terminal = await Terminal.open({ program, columns, rows, theme: look.theme });
  try {
    const begin = performance.now();
    const actions = {
      Output: () => {},
      Type: async ({ letters }) => {
        for (const letter of letters) {
          terminal.type(letter);
          await pause(settings.TypingSpeed);
        }
      },
      Enter: async () => {
        terminal.press('enter');
        await pause(settings.TypingSpeed);
      },
      'Wait+Screen': ({ pattern }) =>
        terminal.waitFor((screen) => pattern.test(screen), pattern, settings.WaitTimeout),
      Sleep: ({ milliseconds }) => pause(milliseconds),
    };
    for (const command of commands) await actions[command.word](command);
    const end = performance.now();
    const written = terminal.written
      .filter(({ at }) => at <= end)
      .map(({ at, data }) => ({ at: Math.max(0, at - begin), data }));
    return { written, length: end - begin };
  } finally {
    await terminal.close();
  }
}

/** The frames that differ, as PNG, and from when to when each is seen. At most one of them falls into each `step`. */
async function film(camera, { written, length }, step) {
  const frames = [];
  let index = 0;
  while (index < written.length) {
    const at = Math.floor(written[index].at / step) * step;
    let data = '';
    while (index < written.length && written[index].at < at + step) {
      data += written[index].data;
      index += 1;
    }
    await camera.write(data);
    const picture = await camera.picture();
    if (frames.at(-1)?.picture.equals(picture)) continue;
    frames.push({ at, picture });
  }
  return frames.map((frame, index) => ({ ...frame, until: frames[index + 1]?.at ?? length }));
}

/** Makes a GIF in which each frame is seen for its own time. */
async function assemble(frames, file) {
  const folder = await mkdtemp(path.join(tmpdir(), 'doorkey-frames-'));
  try {
    await Promise.all(
      frames.map(({ picture }, index) =>
        writeFile(path.join(folder, `${String(index).padStart(5, '0')}.png`), picture),
      ),
    );
    // One palette for all frames, of flat colours.
    const raw = path.join(folder, 'raw.gif');
    const palette = 'split[one][other];[one]palettegen=stats_mode=full[palette];[other][palette]paletteuse=dither=none';
    await run('ffmpeg', [
      ...['-loglevel', 'error', '-framerate', '10', '-i', path.join(folder, '%05d.png')],
      ...['-filter_complex', palette, '-fps_mode', 'passthrough', raw],
    ]);
    // A GIF counts in hundredths of a second. They are rounded where frames begin, so that no error adds up.
    const hundredths = (milliseconds) => Math.round(milliseconds / 10);
    const timed = frames.flatMap(({ at, until }, index) => [
      `--delay=${hundredths(until) - hundredths(at)}`,
      `#${index}`,
    ]);
    await run('gifsicle', ['--optimize=3', '--loopcount=forever', '--output', file, raw, ...timed]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
