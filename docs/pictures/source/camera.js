// Takes pictures of a terminal: a browser without a window draws it.

import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const require = createRequire(import.meta.url);
const PAGE = fileURLToPath(new URL('camera.html', import.meta.url));
const XTERM = path.dirname(require.resolve('@xterm/xterm/package.json'));

/** Neither a network, nor a screen, nor anything of its own. */
const SWITCHES = [
  '--disable-gpu',
  '--disable-quic',
  '--disable-sync',
  '--disable-background-networking',
  '--disable-component-update',
  '--no-first-run',
  '--font-render-hinting=none',
];

export class Camera {
  #context;
  #page;
  #profile;

  static async open() {
    const camera = new Camera();
    camera.#profile = await mkdtemp(path.join(tmpdir(), 'doorkey-camera-'));
    camera.#context = await chromium.launchPersistentContext(camera.#profile, {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      headless: true,
      // Its sandbox does not work for root.
      chromiumSandbox: process.getuid() !== 0,
      args: SWITCHES,
      viewport: { width: 1600, height: 1200 },
    });
    camera.#page = camera.#context.pages()[0] ?? (await camera.#context.newPage());
    return camera;
  }

  async close() {
    await this.#context.close();
    await rm(this.#profile, { recursive: true, force: true });
  }

  /**
   * Puts an empty terminal of this look before the camera. Its size is given in characters, or in pixels of the whole
   * picture; either way it is answered in characters.
   */
  async place(look, { columns, rows, width, height }) {
    await this.#page.goto(`file://${PAGE}`);
    await this.#page.addStyleTag({ path: path.join(XTERM, 'css/xterm.css') });
    await this.#page.addScriptTag({ path: path.join(XTERM, 'lib/xterm.js') });
    const placed = await this.#page.evaluate(
      ({ look, columns, rows, width, height }) => {
        const frame = document.querySelector('#frame');
        const screen = document.querySelector('#screen');
        frame.style.padding = `${look.padding}px`;
        frame.style.borderRadius = `${look.radius}px`;
        frame.style.background = look.theme.background;
        const terminal = new window.Terminal({
          cols: columns ?? 80,
          rows: rows ?? 24,
          scrollback: 0,
          fontFamily: look.fonts.map((font) => `"${font}"`).join(', '),
          fontSize: look.fontSize,
          letterSpacing: look.letterSpacing,
          theme: look.theme,
          cursorBlink: false,
          cursorInactiveStyle: 'block',
          drawBoldTextInBrightColors: false,
        });
        terminal.open(screen);
        window.terminal = terminal;
        const drawn = document.querySelector('.xterm-screen').getBoundingClientRect();
        const cell = { width: drawn.width / terminal.cols, height: drawn.height / terminal.rows };
        if (width) {
          frame.style.width = `${width}px`;
          frame.style.height = `${height}px`;
          columns = Math.floor((width - 2 * look.padding) / cell.width);
          rows = Math.floor((height - 2 * look.padding) / cell.height);
          terminal.resize(columns, rows);
        }
        screen.style.width = `${columns * cell.width}px`;
        screen.style.height = `${rows * cell.height}px`;
        terminal.focus();
        return { columns, rows };
      },
      { look, columns, rows, width, height },
    );
    await this.#fit();
    return placed;
  }

  /** Puts a page before the camera. */
  async placePage(html, width) {
    await this.#page.setViewportSize({ width, height: 100 });
    await this.#page.goto(`file://${PAGE}`);
    await this.#page.setContent(html, { waitUntil: 'load' });
  }

  /** Writes to the terminal, and waits until it is drawn. */
  async write(data) {
    await this.#page.evaluate(async (data) => {
      await new Promise((done) => window.terminal.write(data, done));
      for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
    }, data);
  }

  /** A picture of the terminal, as PNG; outside its rounded corners one sees through. */
  async picture() {
    return this.#page.locator('#frame').screenshot({ omitBackground: true });
  }

  /** A picture of the whole page. */
  async pictureOfPage() {
    return this.#page.screenshot({ fullPage: true });
  }

  /** Makes the browser's window large enough for the terminal. */
  async #fit() {
    const box = await this.#page.locator('#frame').boundingBox();
    await this.#page.setViewportSize({ width: Math.ceil(box.width), height: Math.ceil(box.height) });
  }
}
