/** What to do about what is no YAML, by the library's own codes: each has an answer, or this does not compile. */
import type { ErrorCode } from 'yaml';

const FIXES: Readonly<Record<ErrorCode, string>> = {
  ALIAS_PROPS: 'write the alias alone: an anchor or a tag belongs to the value that it stands for',
  BAD_ALIAS: 'write a name behind *, or put a text that begins with * in quotes',
  BAD_COLLECTION_TYPE: 'remove the tag: lists and mappings need none',
  BAD_DIRECTIVE: 'remove the line that begins with %: the files need none',
  BAD_DQ_ESCAPE: 'write \\\\ for a backslash between double quotes, or use single quotes',
  BAD_INDENT: 'indent with spaces, the lines of one list or mapping alike, and close each bracket inside of it',
  BAD_PROP_ORDER: 'write anchor and tag right before the value, behind - or :',
  BAD_SCALAR_START: 'put the text in quotes',
  BLOCK_AS_IMPLICIT_KEY: 'write the inner list or mapping in lines of its own, or put a text that holds ": " in quotes',
  BLOCK_IN_FLOW: 'write lists and mappings between brackets in their short form: [a, b], { key: value }',
  DUPLICATE_KEY: 'keep one of the two: a key stands once in its mapping',
  IMPOSSIBLE: 'write this part afresh, in plain lists and mappings',
  KEY_OVER_1024_CHARS: 'close the quotes or brackets before it: a key ends in its line, after 1024 characters at most',
  MISSING_CHAR: 'close the quote or bracket, and leave a blank behind each colon and comma',
  MULTILINE_IMPLICIT_KEY: 'write key and colon in one line',
  MULTIPLE_ANCHORS: 'keep one anchor',
  MULTIPLE_DOCS: 'remove the line ---, or what follows it: a file holds one document',
  MULTIPLE_TAGS: 'remove the tags: the files need none',
  NON_STRING_KEY: 'write a plain word for the key, in quotes where it is none',
  RESOURCE_EXHAUSTION: 'nest lists and mappings less deep, and write repeated parts out',
  TAB_AS_INDENT: 'indent with spaces, never with tabs',
  TAG_RESOLVE_FAILED: 'remove the tag (!…): the files need none; put a text that begins with ! in quotes',
  UNEXPECTED_TOKEN:
    'put a text with special characters in quotes, and check brackets, colons and indentation before it',
};

export const fixOf = (code: ErrorCode): string => FIXES[code];
