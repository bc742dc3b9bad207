import type { DefaultTheme } from 'vitepress';

/** What the pages know beyond VitePress's own settings. */
export interface SiteTheme extends DefaultTheme.Config {
  /** The labs that exist, by package.json. */
  labIds: string[];
}
