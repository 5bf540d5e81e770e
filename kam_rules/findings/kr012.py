"""YAML gives a sign in this line a meaning of its own, and so reads something else than what was typed.

The message says what was read and what to type. Two habits avoid nearly all of it: put a text in single quotes when
it holds a comma inside braces, a colon followed by a space, or a # behind a space, or starts with one of > | [ ] { }
" % * & ! @ `; and write long rules in lines of their own rather than in braces.

Example:
    - {id: quiet, when: days(last_order, as_of) > 90, because: Silence precedes loss}

Instead:
    - id: quiet
      when: days(last_order, as_of) > 90
      because: Silence precedes loss
"""

TITLE = "YAML reads this line otherwise"
LEVEL = "error"
