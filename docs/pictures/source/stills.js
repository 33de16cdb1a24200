// The pictures that are kept.

import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { lookIn } from './description.js';
import { run } from './run.js';
import { walkThrough } from './walk.js';

/** Makes the pictures of which `isWanted` says so; `made` is told each file. */
export async function takeStills({ description, look, program, camera, repository, isWanted, made }) {
  const folder = path.join(repository, description.folder);
  await mkdir(folder, { recursive: true });
  for (const walk of description.walks) {
    const wanted = walk.screens.filter(({ picture }) => picture && isWanted(picture));
    if (!wanted.length) continue;
    await walkThrough({
      walk,
      program,
      camera,
      look: lookIn(description, walk, look),
      size: walk.size ?? description.size,
      until: wanted.at(-1),
      show: async (screen, png) => {
        if (!wanted.includes(screen)) return;
        const file = path.join(folder, `${screen.picture}.png`);
        await writeFile(file, png);
        await shrink(file);
        await made(file);
      },
    });
  }
}

/** Makes the file smaller without anything to be seen of it: a picture of a terminal has few colours. */
async function shrink(file) {
  await run('pngquant', ['--quality=90-100', '--speed=1', '--strip', '--force', '--output', file, file]);
  await run('optipng', ['-quiet', '-o3', file]);
}
