"""Reads texts that LiteLLM's filter does not read, by the same patterns and in the same way: one after the other,
ignoring case, with a placeholder of the same form (litellm_content_filter/content_filter.py, `_filter_single_text`)."""

import re

from airlock_refusal import Refusal

# Engines put the parts of a message together with nothing, a space or a line break between them.
SEAMS = ("", " ", "\n")


class Reader:
    """@param action what happens to a text with a match: `mask` or `reject`"""

    def __init__(self, patterns, action):
        self.patterns = [(name, re.compile(pattern, re.IGNORECASE)) for name, pattern in patterns]
        self.action = action

    def masking(self):
        """The same reader for what is never refused: an error says what went wrong."""
        return Reader([(name, pattern.pattern) for name, pattern in self.patterns], "mask")

    def found(self, text):
        """The name of the first pattern with a match; None where there is none."""
        return next((name for name, pattern in self.patterns if pattern.search(text)), None)

    def masked(self, text):
        for name, pattern in self.patterns:
            text = pattern.sub(f"[{name.upper()}_REDACTED]", text)
        return text

    def refuse(self, text, where):
        """For what cannot be masked: others refer to it, or a number would be none any more."""
        name = self.found(text)
        if name is not None:
            raise Refusal(400, "content_blocked", f"{where}: the pattern {name} matches here, where no text is masked", where)

    def read(self, text, where):
        if self.action == "mask":
            return self.masked(text)
        name = self.found(text)
        if name is not None:
            raise Refusal(400, "content_blocked", f"{where}: the pattern {name} matches", where)
        return text

    def refuse_seams(self, texts, where):
        """What two neighbors make together: neither has it alone, and the engine sees them as one."""
        alone = [self.masked(text) for text in texts]
        for seam in SEAMS:
            name = self.found(seam.join(alone))
            if name is not None:
                message = f"{where}: the pattern {name} matches across parts; write the text in one part"
                raise Refusal(400, "content_blocked", message, where)
