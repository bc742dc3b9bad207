import type { BrowserContextOptions, Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { accessibilityViolations, noBrowser } from '../support/browser.ts';
import { sketchInBrowser } from '../support/scenario.ts';

describe.skipIf(noBrowser)('the page of the game', () => {
  const openSketch = sketchInBrowser('game');

  /** A page in which the game runs. It is closed after the test. */
  async function play(options: BrowserContextOptions = {}): Promise<Page> {
    const page = await openSketch(options);
    await page.getByText('Connected.').waitFor();
    await page.locator('#others li').nth(3).waitFor();
    return page;
  }

  /** A machine that is busy draws few frames a second, and figures change four times a second. */
  const patience = { timeout: 10_000 };

  /** A figure of the page, by its name. */
  const figure = (page: Page, name: string) =>
    page
      .locator('#figures dt', { hasText: new RegExp(`^${name}$`) })
      .locator('xpath=following-sibling::dd[1]');

  const number = async (page: Page, name: string) =>
    Number.parseInt(await figure(page, name).innerText(), 10);

  /** Where the page says that its own player is. */
  async function ownPlace(page: Page): Promise<[x: number, y: number]> {
    const text = await page.locator('#others li', { hasText: 'You' }).innerText();
    const [, x, y] = /You: (\d+), (\d+)/.exec(text) ?? [];
    return [Number(x), Number(y)];
  }

  /** From the middle of the player's disc to the middle of its ring, down, in points, as one frame has drawn them. */
  async function discToRing(page: Page): Promise<number> {
    return await page.evaluate(async () => {
      const canvas = document.querySelector('canvas') as HTMLCanvasElement;
      const context = canvas.getContext('2d') as CanvasRenderingContext2D;
      /** The middle row of all pixels of this colour. */
      const middleOf = (name: string, { data, width, height }: ImageData) => {
        context.fillStyle = getComputedStyle(canvas).getPropertyValue(name);
        const wanted = [1, 3, 5].map((at) =>
          Number.parseInt(String(context.fillStyle).slice(at, at + 2), 16),
        );
        const rows: number[] = [];
        for (let row = 0; row < height; row++) {
          for (let at = row * width * 4; at < (row + 1) * width * 4; at += 4) {
            if (wanted.every((value, index) => data[at + index] === value)) {
              rows.push(row);
              break;
            }
          }
        }
        return (rows[0] + rows[rows.length - 1]) / 2;
      };
      await new Promise(requestAnimationFrame);
      const image = context.getImageData(0, 0, canvas.width, canvas.height);
      return Math.abs(middleOf('--accent', image) - middleOf('--warn', image)) / 2;
    });
  }

  test('moves by the keys and by the buttons, and shows the round trip', async () => {
    const page = await play();
    const [x, y] = await ownPlace(page);
    await page.locator('#arena').focus();
    await page.keyboard.down('ArrowDown');
    await expect.poll(async () => (await ownPlace(page))[1], patience).toBeGreaterThan(y + 5);
    await page.keyboard.up('ArrowDown');

    const right = page.getByRole('button', { name: 'Right' });
    await right.hover();
    await page.mouse.down();
    await expect.poll(async () => (await ownPlace(page))[0], patience).toBeGreaterThan(x + 5);
    await page.mouse.up();
    await page.getByRole('button', { name: 'Up' }).press('Enter');

    // 200 ms are what the page adds.
    const roundTripMs = await number(page, 'Round trip of an input');
    expect(roundTripMs).toBeGreaterThanOrEqual(200);
    expect(await number(page, 'Inputs not acknowledged')).toBeGreaterThanOrEqual(3);
    // Four players: 11 + 4 × 9, and the frame's header.
    expect(await figure(page, 'Bytes a tick').innerText()).toBe('47 + 2');
  });

  test('shows the difference: without prediction the ring is where the player is drawn', async () => {
    const page = await play();
    await page.locator('#latency').fill('400');
    await page.locator('#arena').focus();
    await page.keyboard.down('ArrowDown');
    await expect.poll(async () => await discToRing(page), patience).toBeGreaterThan(10);
    await page.keyboard.up('ArrowDown');
    await page.getByLabel('Predict my own player').uncheck();
    await page.getByLabel('Interpolate the others').uncheck();
    await page.keyboard.down('ArrowUp');
    for (let look = 0; look < 5; look++) expect(await discToRing(page)).toBeLessThan(2);
  });

  test('two pages see each other', async () => {
    const [one, other] = await Promise.all([play(), play()]);
    await expect.poll(() => one.locator('#others li').count(), patience).toBe(5);
    await other.close();
    await expect.poll(() => one.locator('#others li').count(), patience).toBe(4);
  });

  test('goes on after the line was blocked', async () => {
    const page = await play();
    await page.getByRole('button', { name: 'Lose one segment' }).click();
    const tick = await number(page, 'Tick');
    await expect.poll(() => number(page, 'Tick'), patience).toBeGreaterThan(tick + 10);
  });

  test.each(['light', 'dark'] as const)('has nothing that axe finds, %s', async (colorScheme) => {
    const page = await play({ colorScheme });
    expect(await accessibilityViolations(page)).toEqual([]);
  });

  test('fits a telephone, and stands still for whoever asks for it', async () => {
    const page = await play({ viewport: { width: 390, height: 844 }, reducedMotion: 'reduce' });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    expect(await page.getByLabel('Stop drawing').isChecked()).toBe(true);
  });
});
