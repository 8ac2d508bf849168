/** Version 1 is the last that CommonJS can load, and brings no types. */
declare module 'github-slugger' {
  class GithubSlugger {
    /** What a link can name after `#`; the second heading of a text gets a number. */
    public slug(text: string): string;
  }
  export = GithubSlugger;
}
