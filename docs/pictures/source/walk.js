// Walks through the program by keys, and photographs the screens it comes to. pictures.toml says which.

import { setTimeout as pause } from 'node:timers/promises';
import { Terminal } from './terminal.js';

const PATIENCE = 30_000;

/** Takes a walk; `show` is told each screen and its picture, PNG. */
export async function walkThrough({ walk, program, camera, look, size, until, show }) {
  const [columns, rows] = size;
  await camera.place(look, { columns, rows });
  const terminal = await Terminal.open({ program, columns, rows, theme: look.theme });
  let drawn = 0;
  try {
    terminal.type(walk.command);
    terminal.press('enter');
    for (const screen of walk.screens) {
      if (screen.pause) await pause(screen.pause * 1000);
      for (const key of screen.press ?? []) terminal.press(key);
      if (screen.type) terminal.type(screen.type);
      const words = [screen.wait].flat();
      const place = `${words.map((text) => `"${text}"`).join(' and ')} (${walk.name}, ${screen.name ?? 'passing'}, ${columns}x${rows})`;
      await terminal.waitFor((text) => words.every((word) => text.includes(word)), place, PATIENCE);
      const written = terminal.written.slice(drawn);
      drawn += written.length;
      await camera.write(written.map(({ data }) => data).join(''));
      if (screen.name) await show(screen, await camera.picture());
      if (screen === until) break;
    }
  } finally {
    await terminal.close();
  }
}
