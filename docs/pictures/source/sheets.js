// Contact sheets: every screen in several sizes, for whoever works on the screens.

import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { lookIn } from './description.js';
import { scaled } from './look.js';
import { walkThrough } from './walk.js';

const FONT_SIZE = 14;

/** As wide as a sheet may get, in pixels. */
const WIDTH = 3000;

export async function makeSheets({ description, look, program, camera, folder, isWanted, made }) {
  for (const [columns, rows] of description.sheet.sizes) {
    const size = `${columns}x${rows}`;
    const place = path.join(folder, size);
    await rm(place, { recursive: true, force: true });
    await mkdir(place, { recursive: true });
    for (const walk of description.walks.filter(({ name }) => isWanted(name))) {
      const pictures = [];
      await walkThrough({
        walk,
        program,
        camera,
        look: scaled(lookIn(description, walk, look), FONT_SIZE),
        size: [columns, rows],
        show: async (screen, png) => {
          const number = String(pictures.length + 1).padStart(2, '0');
          await writeFile(path.join(place, `${walk.name}-${number}-${screen.name}.png`), png);
          pictures.push({ caption: `${walk.name} ${number} ${screen.name}`, png });
        },
      });
      const file = path.join(folder, `${size}-${walk.name}.png`);
      await writeFile(file, await sheet(camera, pictures));
      await made(file);
    }
  }
}

/** All pictures side by side, each with its name. */
async function sheet(camera, pictures) {
  const width = Math.max(...pictures.map(({ png }) => widthOf(png)));
  const columns = Math.ceil(Math.sqrt(pictures.length));
  const shown = Math.min(width, Math.floor(WIDTH / columns) - 24);
  const figures = pictures.map(
    ({ caption, png }) =>
      `<figure><figcaption>${caption}</figcaption><img alt="" width="${shown}" src="data:image/png;base64,${png.toString('base64')}"></figure>`,
  );
  const style = `
    body { margin: 12px; background: #808890; font: 16px "DejaVu Sans", sans-serif;
      display: grid; grid-template-columns: repeat(${columns}, ${shown}px); gap: 16px; }
    figure { margin: 0; } figcaption { color: #fff; padding: 2px 0; } img { display: block; }`;
  const page = `<!doctype html><meta charset="utf-8"><style>${style}</style>${figures.join('')}`;
  await camera.placePage(page, columns * (shown + 16) + 8);
  return camera.pictureOfPage();
}

/** The width of a PNG, as its header has it. */
function widthOf(png) {
  return png.readUInt32BE(16);
}
