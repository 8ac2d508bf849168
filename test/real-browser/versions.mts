/** What the report is looked at with; security fixes replace it, so the version floats. */
export const DEBIAN_PACKAGES = ['chromium=*'] as const;

/** Where Debian's package puts it. */
export const CHROMIUM = '/usr/bin/chromium';
