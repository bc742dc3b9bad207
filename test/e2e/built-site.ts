import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { inject } from 'vitest';
import type { BuildResult } from './built-site-server.ts';

/** Building the site, and a page of it, on a loaded machine; nothing waits this long when all is well. */
export const patienceMs = 400_000;

/** Where the pages are: to be put before a path such as `framing/masking.html`. */
export const siteUrl = inject('builtSite');

/** The site's build, which is made once for all tests. */
export async function siteBuild(): Promise<BuildResult> {
  return (await (await fetch(new URL('/build', siteUrl))).json()) as BuildResult;
}

/** A tab for pages of the built site, which notes what goes wrong on any of them. */
export class SiteTab {
  /** Errors of scripts, and requests to another host or another folder than the site's. */
  readonly troubles: string[] = [];
  readonly page: Page;
  /** URLs of the scripts that this tab has asked for, in order. */
  readonly scripts: string[] = [];
  #underWay = 0;

  /** A new tab, with nothing in its cache. */
  static async open(browser: Browser, options: BrowserContextOptions = {}): Promise<SiteTab> {
    const context = await browser.newContext(options);
    context.setDefaultTimeout(patienceMs / 2);
    return new SiteTab(await context.newPage());
  }

  private constructor(page: Page) {
    this.page = page;
    page.on('request', (request) => {
      this.#underWay++;
      if (request.resourceType() === 'script') this.scripts.push(request.url());
      if (!request.url().startsWith(siteUrl)) this.#note(`asked for ${request.url()}`);
    });
    page.on('requestfinished', () => this.#underWay--);
    page.on('requestfailed', () => this.#underWay--);
    page.on('console', (message) => {
      if (message.type() === 'error') this.#note(message.text());
    });
    page.on('pageerror', (error) => this.#note(error.message));
  }

  /** Opens a page, and comes back when the site's script has taken it over and has all it asked for. */
  async goto(path: string): Promise<void> {
    await this.page.goto(siteUrl + path);
    // By time: a tab in the background draws no frames, which is what it would wait for otherwise.
    await this.page.waitForFunction("'__vue_app__' in document.querySelector('#app')", undefined, {
      polling: 50,
    });
    do await this.page.evaluate('new Promise((resolve) => requestIdleCallback(resolve))');
    while (this.#underWay > 0);
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }

  #note(trouble: string): void {
    this.troubles.push(`${this.page.url()}: ${trouble}`);
  }
}
