"""A rep would be asked for more growth than its accounts have room for.

No quota was written for the team; the figures stand in the message.

Example:
    {id: rep, up_to: 5%, then: rep_supplement, spread: equal}

Instead:
    {id: rep, up_to: 5%, then: rep_supplement, spread: headroom}
"""

TITLE = "A supplement is larger than the headroom under it"
LEVEL = "error"
